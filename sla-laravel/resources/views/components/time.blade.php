{{ \Sla\Laravel\Http\Pages::time($at, $page->zone) }}
