<?php

// Debian's Laravel, which Composer does not know.
require_once 'Illuminate/autoload.php';
require_once 'GuzzleHttp/autoload.php';
