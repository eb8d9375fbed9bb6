<?php

return ['driver' => env('SESSION_DRIVER', 'array'), 'files' => env('SESSION_FILES', storage_path('framework/sessions')), 'lifetime' => 120, 'expire_on_close' => false, 'lottery' => [0, 1], 'cookie' => 'testhost', 'path' => '/', 'domain' => null, 'secure' => false, 'http_only' => true, 'same_site' => 'lax'];
