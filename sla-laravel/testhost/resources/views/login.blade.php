<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{{ \Sla\Laravel\Http\Controllers\AssetController::url('style') }}">
</head>
<body>
<main>
<h1>Sign in</h1>
@foreach ($errors->all() as $error)
<div class="notice" role="alert">{{ $error }}</div>
@endforeach
<form method="post" action="/login">
@csrf
<label>Mail address<input name="email" type="email" value="{{ old('email') }}" autocomplete="username" required autofocus></label>
<label>Password<input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button>
</form>
</main>
</body>
</html>
