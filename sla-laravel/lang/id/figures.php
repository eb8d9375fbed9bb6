<?php

return [
    'decimal_mark' => ',',
    'reports' => 'Laporan', 'report' => 'Laporan', 'packages' => 'Bandingkan paket', 'agents' => 'Agen', 'pages' => 'Angka',
    'units' => ['day' => 'Hari', 'week' => 'Minggu', 'month' => 'Bulan', 'year' => 'Tahun'],
    'period' => 'Periode', 'previous' => 'Sebelumnya', 'next' => 'Berikutnya',
    'range' => ':first sampai :last, :zone', 'so_far' => 'Periode ini belum selesai: yang ditampilkan adalah sampai sekarang.', 'kept' => 'Pada akhir periode, dengan yang diputuskan sejak itu.',
    'download' => 'Unduh sebagai CSV', 'nothing' => 'Tidak ada yang terjadi dalam periode ini.',
    'absent' => 'Tanda garis berarti tidak ada yang dihitung: kepatuhan tanpa janji yang diputuskan bukan 0 % dan bukan 100 %.',
    'no_quantiles' => 'Median ada di laporan hari, minggu dan bulan.',
    'compliance' => 'Kepatuhan', 'compliance_of' => 'Kepatuhan, :timer', 'met' => 'Terpenuhi', 'breached' => 'Dilanggar',
    'mean_of' => 'Rata-rata, :timer', 'median_of' => 'Median, :timer', 'p90_of' => '90 % dalam, :timer', 'mean' => 'Rata-rata', 'median' => 'Median', 'p90' => '90 % dalam', 'p99' => '99 % dalam',
    'overdue' => 'Rata-rata waktu lewat tenggat', 'timer' => 'Pengatur waktu', 'count' => 'Jumlah',
    'tickets' => [
        'opened' => 'Dibuka', 'opened_outbound' => 'Dibuka oleh agen', 'resolved' => 'Diselesaikan', 'reopened' => 'Dibuka kembali', 'closed' => 'Ditutup', 'withdrawn' => 'Ditarik',
        'voided' => 'Dibatalkan', 'replies' => 'Balasan', 'handled' => 'Ditangani',
    ],
    'volume' => 'Tiket dibuka dan diselesaikan', 'per_day' => 'Per hari', 'per_month' => 'Per bulan',
    'csat' => 'Penilaian', 'csat_mean' => 'Penilaian rata-rata, 1 sampai 5', 'csat_count' => 'Penilaian', 'score_of' => 'Penilaian :score',
    'escalations' => 'Eskalasi', 'escalation_rate' => 'Eskalasi per 100 tiket', 'trigger' => 'Karena', 'level' => 'Tingkat',
    'triggers' => ['breach' => 'pelanggaran', 'step' => 'langkah', 'request' => 'permintaan'],
    'lateness' => 'Keterlambatan janji yang dilanggar', 'up_to' => 'sampai :length', 'later' => 'lebih lama',
    'package' => 'Paket', 'channel' => 'Saluran', 'agent' => 'Agen', 'unassigned' => 'Belum ditugaskan', 'by_channel' => 'Per saluran', 'by_package' => 'Per paket',
    'score' => 'Nilai', 'score_parts' => 'Terdiri dari', 'part' => ':name :value, bobot :weight', 'escalations_received' => 'Eskalasi diterima',
    'warnings' => 'Peringatan', 'late_pauses' => 'Jeda terlambat', 'last_30_days' => '30 hari terakhir',
    'ready_subject' => 'Laporan SLA :period', 'ready_line' => ':unit :period sudah berakhir; laporannya siap.', 'ready_open' => 'Buka laporan',
];
