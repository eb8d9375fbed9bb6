<?php

return ['driver' => 'array', 'lifetime' => 120, 'expire_on_close' => false, 'lottery' => [0, 1], 'cookie' => 'testhost', 'path' => '/', 'domain' => null, 'secure' => false, 'http_only' => true, 'same_site' => 'lax'];
