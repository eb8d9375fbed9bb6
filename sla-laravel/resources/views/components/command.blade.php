{{ \Sla\Laravel\Http\Pages::command() }}
