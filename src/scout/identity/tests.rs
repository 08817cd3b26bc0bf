use super::*;

fn apart(pairs: &[(&str, &str)]) {
    for (a, b) in pairs {
        assert!(Identity::of(a).agrees(&Identity::of(b)) == 0.0, "{a} / {b}");
        assert!(Identity::of(b).agrees(&Identity::of(a)) == 0.0, "{b} / {a}");
    }
}

fn together(pairs: &[(&str, &str)]) {
    for (a, b) in pairs {
        assert!(Identity::of(a).agrees(&Identity::of(b)) > 0.5, "{a} / {b}");
        assert!(Identity::of(b).agrees(&Identity::of(a)) > 0.5, "{b} / {a}");
    }
}

#[test]
fn a_module_for_a_servers_socket_is_no_card_for_a_slot() {
    apart(&[
        ("NVIDIA Tesla P100 SXM2 16GB GPU", "NVIDIA Tesla P100 16GB PCIe GPU"),
        ("Nvidia Tesla P100 16GB GPU SMX2", "NVIDIA Tesla P100 16GB"),
    ]);
    together(&[("Nvidia Tesla P100-SXM2-16GB GPU Accelerator", "Tesla P100 16 GB SXM2 module")]);
}

#[test]
fn other_models_are_other_things() {
    apart(&[
        ("ASUS TUF RTX 3070 8GB", "ASUS TUF RTX 3070 Ti 8GB"),
        ("RTX 3070", "RTX 4090"),
        ("RTX 4070 Super 12GB", "RTX 4070 12GB"),
        ("RX 7900 XT", "RX 7900XTX"),
        ("RX 6800", "RX 6800 XT"),
        ("AMD Ryzen 5 5600X", "AMD Ryzen 7 5800X"),
        ("AMD Ryzen 5 5600X", "AMD Ryzen 9 5900X"),
        ("AMD Ryzen 7 5800X", "AMD Ryzen 7 5800X3D"),
        ("PS5 Digital Edition", "PS5 Disc Version"),
        ("PlayStation 5", "PlayStation 4"),
        ("PlayStation 5", "PlayStation 5 Pro"),
        ("Xbox Series S", "Xbox Series X"),
        ("iPhone 13 128GB", "iPhone 13 Pro 128GB"),
        ("iPhone 13 Pro 128GB", "iPhone 13 Pro Max 128GB"),
        ("iPhone 13 128GB", "iPhone 13 mini 128GB"),
        ("iPhone 13 128GB", "iPhone 12 128GB"),
        ("iPhone XR", "iPhone X"),
        ("iPhone SE 1st Gen", "iPhone SE 2nd Gen"),
        ("Galaxy S21", "Galaxy S21 Ultra"),
        ("NVIDIA Tesla P100", "NVIDIA Tesla P40"),
        ("Canon EOS 550D", "Canon EOS 600D"),
    ]);
}

#[test]
fn other_sizes_are_other_things() {
    apart(&[
        ("iPhone 12 64GB", "iPhone 12 256 GB"),
        ("Tesla P100 12GB", "Tesla P100 16GB"),
        ("iPad Pro 128GB", "iPad Pro 1TB"),
    ]);
}

#[test]
fn a_computer_is_not_one_of_its_parts() {
    apart(&[
        ("RTX 3070", "Gaming PC RTX 3070 Ryzen 5600X 16GB RAM"),
        ("RTX 3070", "Laptop RTX 3070"),
        ("Ryzen 5 5600X", "RTX 3070 with Ryzen 5600X"),
    ]);
}

#[test]
fn sellers_words_do_not_tell_things_apart() {
    together(&[
        ("RTX3070", "Gigabyte GeForce RTX 3070 Gaming OC 8GB GDDR6 GV-N3070GAMING OC-8GD"),
        ("5600x", "AMD Ryzen 5 5600X Desktop Processor (4.6GHz, 6 Cores, Socket AM4) 4th Gen"),
        ("Apple iPhone 13, A2482, 128GB", "iPhone 13 128GB Unlocked"),
        ("Apple iPhone 8 A1863 64GB", "Apple iPhone 8 A1905 64GB"),
        ("Playstation 5", "Sony PS5 console Disc Edition"),
        ("Xbox Series S 512GB", "Microsoft XBOX Series S"),
        ("7900XTX 24GB", "XFX Speedster MERC310 AMD Radeon RX 7900XTX Black"),
        ("868585-001 HP Nvidia Tesla P100 16GB", "NVIDIA Tesla P100 PCIe 16GB 699-2H400-0201"),
        ("4070 Ti SUPER", "GIGABYTE GeForce RTX 4070 Ti SUPER Eagle OC 16G"),
        ("MSI RTX 4070 VENTUS 2X 12G", "MSI GeForce RTX 4070 Gaming Pro 12GB 2023"),
        ("vintage leather couch", "leather couch"),
    ]);
}

#[test]
fn a_choice_of_variants_is_not_one_of_them() {
    assert!(Identity::of("Apple iPhone 11 | 11 Pro | 11 Pro Max 64GB").is_choice);
    assert!(!Identity::of("Apple iPhone 11 Pro Max 64GB").is_choice);
}

#[test]
fn a_code_for_a_game_makes_no_digital_console() {
    assert_eq!(Identity::of("PS5 disc console with digital code").drive, Some(Drive::Disc));
    assert_eq!(Identity::of("Ryzen 5800X with digital code").drive, None);
}
