<?php

return [
    'tickets' => 'Tiket', 'assigned' => 'Ditugaskan kepada saya', 'escalations' => 'Eskalasi', 'new' => 'Tiket baru', 'audit' => 'Audit',
    'none' => 'Belum ada apa pun di sini.', 'older' => 'Tiket sebelumnya', 'all' => 'Semua', 'filter' => 'Saring',
    'number' => 'Nomor', 'subject' => 'Perihal', 'status' => 'Status', 'package' => 'Paket', 'channel' => 'Saluran', 'agent' => 'Agen',
    'customer' => 'Pelanggan', 'due' => 'Tenggat', 'first_response' => 'Tanggapan pertama', 'resolution' => 'Penyelesaian', 'timer' => 'Pengukur waktu',
    'state' => 'Keadaan', 'remaining' => 'Sisa', 'conversation' => 'Percakapan', 'message' => 'Pesan',
    'note' => 'Catatan internal', 'send' => 'Kirim', 'reason' => 'Alasan', 'until' => 'Sampai', 'level' => 'Tingkat', 'at' => 'Pada',
    'request_escalation' => 'Minta eskalasi', 'rate' => 'Nilai penyelesaian', 'score' => 'Nilai, 1 sampai 5', 'actions' => 'Tindakan',
    'assign' => 'Tugaskan', 'pause' => 'Jeda', 'resume' => 'Lanjutkan', 'resolve' => 'Selesaikan', 'close' => 'Tutup',
    'acknowledge' => 'Terima', 'sound' => 'Rantai terverifikasi: :count entri', 'unsound' => 'Rantai tidak sama dengan yang ditulis', 'state_unsound' => 'Status yang tersimpan tidak sama dengan isi peristiwanya, sehingga tidak ada tenggat yang dijelaskan.',
    'event' => 'Peristiwa', 'by' => 'Oleh', 'hash' => 'Hash', 'explanation' => 'Penjelasan', 'skip' => 'Lewati ke isi', 'team' => 'Tim',
    'refused' => 'Tidak dapat dilakukan', 'back' => 'Kembali ke tiket', 'waiting_customer' => 'Menunggu pelanggan', 'waiting_other' => 'Menunggu pihak lain',
    'unreadable_ticket' => 'Keadaan tiket ini tidak dapat dibaca: tenggatnya tidak diketahui, dan tidak ada tindakan yang dapat dilakukan sampai operator memperbaikinya. Yang ditulis ada di bawah.',
    'dashboard' => 'Dasbor', 'as_of' => 'Per', 'breached_open' => 'Dilanggar dan belum selesai', 'refusals' => 'Penolakan dalam 24 jam', 'unsent' => 'Notifikasi yang akan dikirim',
    'monitor_off' => 'Pemantau dimatikan: yang jatuh tempo menunggu.', 'monitor_late' => 'Pemantau terlambat: :count tiket, yang tertua sejak :length.', 'monitor_failed' => 'Tiket yang tidak dapat dibaca', 'next' => 'Tenggat berikutnya',
    'definitions' => 'Kebijakan', 'name' => 'Nama', 'rank' => 'Urutan', 'calendar' => 'Kalender',
    'priority' => 'Prioritas', 'save' => 'Simpan draf', 'publish' => 'Terbitkan',
    'published_as' => 'Revisi :version, diterbitkan oleh :by: :reason', 'changes' => 'Yang diubah oleh penerbitan', 'no_changes' => 'Draf sama dengan yang diterbitkan.', 'channels' => 'Saluran',
    'unresolved_escalations' => ':count belum selesai; :shown ditampilkan, tingkat tertinggi dahulu.',
    'preview' => 'Pratinjau pada tiket terbuka', 'apply' => 'Tiket terbuka mengikuti draf', 'show' => 'Tampilkan', 'due_before' => 'Tenggat sebelumnya',
    'first_of' => ':shown pertama dari :count.', 'publish_keeps' => 'Tiket terbuka tetap mengikuti revisinya sendiri sampai admin memindahkannya ke revisi ini.',
    'applies' => ['keep' => 'dengan tenggat yang sama', 'from_now' => 'mulai sekarang', 'retroactive' => 'seolah sejak tiket dibuka'],
    'preview_counts' => [
        'tickets' => 'Tiket terbuka', 'moved' => 'Tenggat yang bergeser', 'arrived' => 'Janji baru', 'ended' => 'Janji yang berakhir',
        'breached' => 'Akan dilanggar', 'refused' => 'Tidak dapat mengikuti',
    ],
    'work' => [
        'title' => 'Pekerjaan saya', 'open' => 'Tiket terbuka saya', 'unassigned' => 'Belum ditugaskan', 'escalations' => 'Eskalasi tiket saya', 'figures' => 'Angka saya', 'whose' => 'Milik',
        'own' => 'Saya sendiri', 'teams' => 'Tim :teams', 'all' => 'Semua agen', 'week' => 'Minggu ini', 'month' => 'Bulan ini',
        'none_open' => 'Anda tidak punya tiket terbuka.', 'none_unassigned' => 'Setiap tiket yang boleh Anda lihat sudah punya agen.',
    ],
    'statuses' => [
        'new' => 'Baru', 'open' => 'Terbuka', 'pending' => 'Menunggu pelanggan', 'on_hold' => 'Ditahan', 'resolved' => 'Selesai', 'closed' => 'Ditutup',
        'withdrawn' => 'Ditarik', 'voided' => 'Dibatalkan', 'acknowledged' => 'Diterima',
    ],
    'states' => [
        'not_started' => 'Belum mulai', 'running' => 'Berjalan', 'paused' => 'Dijeda', 'met' => 'Terpenuhi', 'breached' => 'Dilanggar', 'cancelled' => 'Dibatalkan',
        'unpromised' => 'Tanpa janji', 'at_risk' => 'Berisiko', 'unreadable' => 'Tidak dapat dibaca',
    ],
];
