<?php

// The forms over the policy. docs/policy.md says what each field means.

return [
    'saved' => 'Draf disimpan.', 'add' => 'Tambah', 'remove' => 'Hapus', 'raise' => 'Naikkan', 'delete' => 'Hapus :id dari draf',
    'states_empty' => 'Tidak ada, sebagai ganti yang diwarisi', 'other_parts' => 'Bagian lain', 'problems_first' => 'Draf bermasalah, lihat daftar di atas.',
    'problems' => 'Draf memiliki :count masalah dan tidak dapat diterbitkan.',
    'warnings' => ':count hal dalam draf mungkin tidak dimaksudkan demikian.',
    'new' => ['packages' => 'Id paket baru', 'calendars' => 'Id kalender baru'],
    'parts' => [
        'channels' => 'Saluran', 'calendars' => 'Kalender', 'packages' => 'Paket', 'timers' => 'Pengukur waktu', 'steps' => 'Peringatan dan eskalasi', 'severities' => 'Tingkat keparahan',
        'categories' => 'Kategori', 'pauses' => 'Jeda', 'inactivity' => 'Aturan tanpa aktivitas', 'roles' => 'Peran', 'objectives' => 'Sasaran dan peringatan operator',
    ],
    'about' => [
        'channels' => 'Lewat jalur apa permintaan dapat masuk. Paket menyatakan saluran mana yang termasuk.',
        'calendars' => 'Kapan waktu dukungan dihitung, dalam waktu setempat: tepat satu dari selalu buka, jam mingguan, minggu bergilir, atau kalender lain.',
        'packages' => 'Yang dibeli pelanggan: saluran, dan janji untuk setiap pengukur waktu. Isian kosong berarti tidak dinyatakan.',
        'timers' => 'Pengukur waktu sendiri, dan penyesuaian first_response, next_response, update, resolution, dan assignment.',
        'steps' => 'Yang terjadi menjelang tenggat pengukur waktu ini dan sesudahnya. Nyatakan tepat satu dari pada, sebelum, dan sesudah.',
        'severities' => 'Tingkat keparahan yang dapat dimiliki tiket.', 'categories' => 'Kategori yang dapat dimiliki tiket.',
        'pauses' => 'Berapa lama tiket boleh dijeda, dan mengapa.', 'inactivity' => 'Yang terjadi pada tiket dalam satu status tanpa aktivitas selama waktu tertentu.',
        'roles' => 'Yang boleh dilakukan agen dan pelanggan di luar tabel perintah tetap.', 'objectives' => 'Pembanding bagi laporan dan peringatan operator. Tidak ada keputusan yang membacanya.',
    ],
    'fields' => [
        'channels' => 'Saluran', 'calendars' => 'Kalender', 'calendar' => 'Kalender', 'package' => 'Paket', 'packages' => 'Paket', 'timers' => 'Pengukur waktu', 'steps' => 'Langkah', 'severities' => 'Tingkat keparahan', 'categories' => 'Kategori',
        'pauses' => 'Jeda', 'inactivity' => 'Aturan', 'roles' => 'Peran', 'objectives' => 'Sasaran', 'id' => 'Id', 'name' => 'Nama', 'time_zone' => 'Zona waktu',
        'always_open' => 'Buka sepanjang waktu', 'weekly' => 'Jam mingguan', 'mon' => 'Senin', 'tue' => 'Selasa', 'wed' => 'Rabu', 'thu' => 'Kamis', 'fri' => 'Jumat',
        'sat' => 'Sabtu', 'sun' => 'Minggu', 'rotation' => 'Minggu bergilir', 'starts' => 'Senin pertama', 'weeks' => 'Minggu', 'any_of' => 'Buka bila salah satu ini buka',
        'holidays' => 'Hari libur', 'dates' => 'Tanggal, atau tanggal awal dan akhir', 'holidays_known_until' => 'Hari libur dicatat sampai', 'seasons' => 'Musim', 'from' => 'Tanggal awal', 'to' => 'Tanggal akhir',
        'special_days' => 'Hari khusus', 'date' => 'Tanggal', 'windows' => 'Jam', 'rank' => 'Urutan', 'extends' => 'Yang tidak dinyatakan diambil dari', 'priority' => 'Prioritas', 'targets' => 'Target',
        'variants' => 'Varian', 'when' => 'Hanya bila', 'channel' => 'Saluran', 'severity' => 'Tingkat keparahan', 'category' => 'Kategori', 'during' => 'Diterima saat buka', 'outside' => 'Diterima saat tutup',
        'target_within' => 'Dalam', 'target_business_days' => 'Atau hari kerja', 'target_by' => 'Pada', 'target_cut_off' => 'Diterima hari ini sebelum', 'target_calendar' => 'Dalam kalender',
        'starts_on' => 'Mulai saat', 'stops_on' => 'Berhenti saat', 'cancels_on' => 'Dibatalkan saat', 'pauses_on' => 'Dijeda selama', 'cycles' => 'Berapa kali', 'on_reopen' => 'Saat tiket dibuka kembali',
        'due_boundary' => 'Tenggat pada saat tutup', 'action' => 'Tindakan', 'at' => 'Pada bagian target', 'before' => 'Sebelum tenggat', 'after' => 'Sesudah', 'level' => 'Tingkat', 'notify' => 'Yang diberi tahu',
        'assign_to' => 'Tugaskan kepada', 'quiet_hours' => 'Jam tenang', 'until' => 'Sampai', 'repeat' => 'Ulangi', 'every' => 'Setiap', 'times' => 'Berapa kali', 'status' => 'Status', 'reason' => 'Alasan',
        'reasons' => 'Alasan jeda yang diperbolehkan', 'max_pause' => 'Jeda terlama', 'max_paused_total' => 'Jumlah jeda terlama', 'self_assign' => 'Agen boleh menugaskan tiket kepada diri sendiri',
        'agents_may_classify' => 'Agen yang ditugaskan boleh menetapkan tingkat keparahan dan kategori', 'agents_may_unassign' => 'Agen yang ditugaskan boleh mengembalikan tiket',
        'organizations_share' => 'Pelanggan satu organisasi memiliki tiketnya bersama', 'agents_act_on' => 'Agen menangani', 'critical_level' => 'Eskalasi kritis mulai tingkat', 'monitor_lag' => 'Pemantau memperingatkan bila terlambat lebih dari',
        'burn' => 'Peringatan sasaran yang tidak tercapai', 'timer' => 'Pengukur waktu', 'objective' => 'Bagian yang harus terpenuhi', 'long_window' => 'Jendela panjang', 'short_window' => 'Jendela pendek', 'threshold' => 'Ambang', 'min_decided' => 'Jumlah keputusan minimum',
        'score_weights' => 'Bobot nilai agen',
    ],
    'hints' => [
        'mon' => '08:00-12:00, 13:00-17:00', 'windows' => '08:00-12:00; kosong: tutup sepanjang hari', 'dates' => '2026-12-25, setiap tahun --12-25, rentang 2026-12-24 .. 2026-12-31', 'from' => '2026-12-24, setiap tahun --12-24',
        'time_zone' => 'Misalnya Asia/Jakarta', 'target_within' => 'Misalnya 4h atau 1h30m; none untuk tanpa janji', 'target_by' => 'close, same_time, atau 16:00', 'target_cut_off' => 'Misalnya 15:00',
        'at' => 'Misalnya 80%; pelanggaran terjadi pada 100%', 'before' => 'Misalnya 30m', 'after' => 'Misalnya 2h', 'notify' => 'Satu per baris. Yang beralamat di sini: :audiences', 'every' => 'Misalnya 30m',
        'severities' => 'Satu per baris', 'categories' => 'Satu per baris', 'reasons' => 'Satu per baris; kosong: alasan apa pun', 'max_pause' => 'Misalnya 40h', 'objective' => 'Misalnya 95%', 'threshold' => '200% menghabiskan toleransi dua kali lebih cepat',
        'long_window' => 'Misalnya 24h', 'short_window' => 'Misalnya 1h', 'monitor_lag' => 'Misalnya 5m',
    ],
    'words' => [
        'opened' => 'dibuka', 'assigned' => 'mendapat agen', 'reassigned' => 'mendapat agen lain', 'team_assigned' => 'mendapat tim', 'unassigned' => 'kehilangan agen', 'customer_message' => 'pelanggan menulis',
        'reply_owed' => 'jawaban ditunggu', 'public_reply' => 'agen menjawab', 'noted' => 'catatan ditulis', 'resolved' => 'selesai', 'reopened' => 'dibuka kembali', 'pending' => 'menunggu pelanggan', 'on_hold' => 'ditahan',
        'once' => 'sekali per tiket', 'repeated' => 'setiap kali mulai', 'resume' => 'dilanjutkan', 'new_cycle' => 'mulai baru', 'ignore' => 'tidak ada', 'close' => 'tutup', 'next_open' => 'pindah ke pembukaan berikutnya',
        'warn' => 'peringatkan', 'escalate' => 'eskalasi', 'acknowledged' => 'diterima', 'remind' => 'ingatkan', 'resolve' => 'selesaikan', 'team' => 'tiket sendiri dan tiket timnya', 'all' => 'semua tiket',
    ],
    'what_if' => [
        'title' => 'Bagaimana jika, untuk tiket lampau', 'about' => 'Tiket yang memiliki peristiwa dalam :days hari terakhir, dijalankan lagi dengan draf. Yang dilakukan orang dianggap sama.',
        'cut' => 'Hanya :shown tiket terbaru dari :count tiket demikian yang dijalankan. Perintah sla:what-if menjalankan semuanya.', 'tickets' => 'Tiket', 'flipped' => 'Dengan hasil lain',
        'failed' => 'Tiket yang tidak dapat dijalankan', 'before' => 'seperti adanya', 'after' => 'dengan draf', 'compliance' => 'Kepatuhan', 'flips' => 'Hasil lain', 'cause' => 'Karena', 'left_out' => 'Tiket yang tidak dikenal draf',
    ],
    'classes' => [
        'met' => 'Terpenuhi', 'breached' => 'Dilanggar', 'running' => 'Berjalan', 'paused' => 'Dijeda', 'cancelled' => 'Dibatalkan', 'terms' => 'Diakhiri ketentuan lain', 'unpromised' => 'Tanpa janji', 'none' => 'Tidak ada',
    ],
    'causes' => ['target' => 'target', 'calendar' => 'kalender', 'rules' => 'aturan pengukur waktu, jeda, atau tanpa aktivitas', 'newly_promised' => 'target baru', 'no_longer_promised' => 'target yang hilang'],
    'revisions' => ['title' => 'Revisi yang diterbitkan', 'revision' => 'Revisi :version', 'changes' => ':count perubahan'],
    'adoption' => [
        'title' => 'Penerapan pada tiket terbuka', 'pending' => '{0} Semua tiket terbuka mengikuti revisi terbaru.|[1,*] :count tiket terbuka mengikuti revisi lama.',
        'apply' => 'Tiket terbuka mengikuti revisi terbaru', 'start' => 'Terapkan revisi terbaru', 'stop' => 'Hentikan', 'resume' => 'Lanjutkan', 'adopted' => 'Tiket yang mengikutinya', 'refused' => 'Tiket yang tetap pada revisinya', 'more' => 'Tiket lainnya',
        'looked' => ':looked dari :tickets tiket', 'stalled' => 'Proses yang mengerjakan ini telah berakhir. Pemantau melanjutkannya, atau tombol di bawah.',
        'statuses' => ['running' => 'Berjalan', 'stopped' => 'Dihentikan', 'finished' => 'Selesai'],
    ],
    'quiet' => ['off' => 'beri tahu segera', 'calendar' => 'tunggu sampai buka', 'of' => 'tunggu sampai :calendar buka'],
    'faults' => [
        'blank' => 'Ini wajib diisi.', 'twice' => 'Id ini ada dua kali.', 'long' => 'Ini terlalu panjang: id paling banyak 128 bita, nama 255 karakter.', 'number' => 'Tulis bilangan bulat dari 0 sampai 4294967295.',
        'cut' => 'Formulir memiliki lebih banyak isian daripada yang dibaca PHP, dan tidak ada yang disimpan. Naikkan max_input_vars di php.ini, yang kini :most.',
        'meanwhile' => 'Ini diubah oleh orang lain sementara itu. Belum ada yang disimpan; menyimpan lagi mengganti yang mereka tulis.',
    ],
];
