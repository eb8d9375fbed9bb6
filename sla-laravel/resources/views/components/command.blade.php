@csrf
<input type="hidden" name="_command_id" value="{{ \Illuminate\Support\Str::uuid() }}">
