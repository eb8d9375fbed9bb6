<?php

return ['driver' => 'array', 'lifetime' => 120, 'lottery' => [0, 1], 'cookie' => 'testhost', 'path' => '/', 'domain' => null, 'secure' => false, 'http_only' => true, 'same_site' => 'lax'];
