#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| deal_scout_fuzz::hold("photos", bytes));
