//! The words by which ads give away what they really offer. Lists are separated by semicolons; diacritics and
//! apostrophes are folded away.

/// Said of a picture or a printed description that is sold in the place of the thing.
pub(super) const PICTURE: &str = "\
    picture of; pictures of; pic of; photo of; photograph of; image of; drawing of; poster of; \
    picture only; pictures only; pic only; photo only; photos only; image only; images only; \
    jpg; jpeg; png; printed picture; printed photo; paper picture; digital picture; digital photo; \
    digital image; paper edition; paper version; just a picture; just a photo; just picture; not a \
    real; picture read; photo read; image read; pic read; image see; picture see; hand drawn; \
    drawing by; only a picture; only a photo; nur bild; nur foto; nur ein bild; nur ein foto; bild \
    einer; foto einer; bild von; foto von; photo dun; photo dune; image dune; photo seulement; solo \
    foto; solo imagen; solo immagine; foto de una; foto di una; paper print; print on paper; printed on \
    paper";

/// Said of pictures that merely show the thing.
pub(super) const NOT_PICTURE: &str = "\
    picture of actual; pictures of actual; photo of actual; image of actual; picture of the \
    actual; picture of the real; picture is of; stock photo; stock image; stock picture; see \
    picture; see photo; see image; see pic; in picture; as picture";

/// Pictures that are the thing itself.
pub(super) const ART: &str = "\
    painting; lithograph; etching; watercolor; watercolour; canvas; framed; engraving; woodcut; \
    negative; postcard";

/// Said of work.
pub(super) const WORK: &str = "\
    repair service; replacement service; installation service; install service; unlock service; \
    unlocking service; modding service; mod service; cleaning service; setup service; restring \
    service; upgrade service; recovery service; restoration service; conversion service; \
    calibration service; diagnostic service; tuning service; mail in repair; place in line; spot in \
    line; place in queue; spot in queue; rental; bot access; reparaturservice; zur miete";

/// Said of codes and access.
pub(super) const CODE: &str = "\
    unlock code; gift card; giftcard; voucher; code only; download only; digital code; month code; \
    months code; year code; membership code; game code; product key; license key; activation key; \
    steam key; bot subscription; month subscription; months subscription; restock alerts; gutschein; \
    guthabenkarte; carte cadeau; tarjeta regalo";

/// Said where a code or a service merely comes along.
pub(super) const NOT_SERVICE: &str =
    "with; w; includes; including; included; free; comes; plus code; mit; inkl; avec; con";

/// Said of packaging alone.
pub(super) const EMPTY_BOX: &str = "\
    box only; empty box; empty retail box; empty original box; only box; only the box; just the \
    box; just box; box no console; box no card; box no gpu; box no phone; box no watch; packaging \
    only; package only; boxonly; empty boxes; box and manual only; box manual only; box inserts only; \
    scatola vuota; solo scatola; leere ovp; ovp leer; leere verpackung; leerverpackung; leerkarton; \
    nur ovp; nur die ovp; nur karton; nur verpackung; boite vide; emballage vide; boite seule; caja \
    vacia; solo caja; caja sola; lege doos; alleen doos";

/// Said of boxes that still hold the thing.
pub(super) const NOT_EMPTY_BOX: &str = "open box only; opened box only; no empty box";

/// What may be empty.
pub(super) const BOX: &str = "box; boxes; packaging; carton; karton";

/// Said where the thing itself is left out.
pub(super) const LACKS: &str = "\
    no graphics card; no gpu; no video card; no console; no cpu; no phone included; no card \
    included; no drone; no device included; no watch included";

/// What a box does not hold where only the box is sold.
pub(super) const LACKS_HELD: &str = "\
    no graphics card; no gpu; no card; no console; no cpu; no phone; no watch; no device; no pedal; \
    no shoes; no system";

/// Said of broken things and of parts of things, in the languages of the larger marketplaces.
pub(super) const PARTS: &str = "\
    for parts; parts only; parts or repair; parts repair; for repair; needs repair; spares or \
    repair; spares or repairs; spares repairs; spares repair; for spares; spares only; not working; \
    non working; doesnt work; does not work; faulty; defective; defect; no power; no display; no \
    pcb; no pbc; no core; wont turn on; does not turn on; not turning on; wont power on; does not \
    power on; wont boot; does not boot; doesnt boot; bootloop; wont charge; does not charge; not \
    charging; artifacting; artifacts; broken; cracked; smashed; water damage; water damaged; liquid \
    damage; liquid damaged; light of death; ring of death; bent pins; bent socket; icloud locked; \
    icloud lock; activation locked; blacklisted; bad esn; bad imei; dead gpu; dead card; dead cpu; \
    dead board; dead motherboard; dead no; is dead; pcb only; logic board; shell only; housing only; \
    replacement housing; replacement shell; replacement screen; replacement lcd; replacement display; \
    replacement part; replacement parts; screen assembly; lcd assembly; oled assembly; spare parts; \
    neck only; loaded pickguard; defekt; defekte; defektes; bastler; kaputt; kaputtes; ersatzteil; \
    ersatzteile; ersatzteilspender; displayschaden; displaybruch; wasserschaden; pour pieces; en \
    panne; hors service; ecran casse; a reparer; non funzionante; guasto; guasta; per ricambi; da \
    riparare; para piezas; para repuestos; averiado; averiada; no funciona; pantalla rota; kapot; \
    voor onderdelen";

/// Said of sound things with the same words.
pub(super) const NOT_PARTS: &str = "\
    not for parts; broken seal; broken box; box broken; seal broken; cracked box; not broken; \
    never broken; not cracked; no artifacts; not faulty; no cracked; not blacklisted; not defective; \
    non defective; no defect; handle broken; broken in; broken sword; broken twill; broken planet; \
    cracked leather; cracked print; cracked graphic; no power supply; no power adapter; no power cable; \
    no power cord; no power brick; no broken; with replacement screen; new logic board; nicht defekt; \
    kein defekt";

/// Said of what was broken once.
pub(super) const MENDED: &str = "\
    but repaired; was repaired; been repaired; now repaired; was fixed; been fixed; but fixed; now \
    works; now working";

/// Said where parts that close a title are something else.
pub(super) const NOT_ENDING_PARTS: &str = "all parts; no parts; of parts; new parts; with parts";

/// Devices whose main board is a part of them.
pub(super) const DEVICES: &str = "\
    ps3; ps4; ps5; playstation; xbox; switch; iphone; ipad; macbook; laptop; thinkpad; deck; \
    camera; galaxy; pixel";

/// Words for things that hardly ever are the main thing of a longer title.
pub(super) const STRONG: &str = "\
    skin; skins; sticker; stickers; decal; decals; faceplate; faceplates; waterblock; water \
    block; cover block; screen protector; riser; thermal pad; thermal pads; phone \
    case; cooling fan; turbine fan; blower fan; fan kit; replacement fan; replacement fans; fan \
    replacement; heatsink only; gpu heatsink; gpu passive heatsink; card heatsink; cpu heatsink; \
    charging station; charging dock; docking station; vertical stand; wall \
    mount; gpu mount; gpu bracket; gpu holder; support bracket; anti sag; contact frame; mounting \
    kit; expansion card; dust cover; dust filter; face plate; face plates; nvlink bridge; sli \
    bridge; thumb grip; thumb grips; carrying case; travel case; carry case; protective case; lens \
    cap; lens hood; camera strap; amp cover; decksaver; power cable; power cord; schutzhulle; \
    handyhulle; panzerglas; schutzfolie";

/// Said of other things with the same words.
pub(super) const NOT_STRONG: &str =
    "snake skin; sheep skin; calf skin; lamb skin; cow skin; skin care; second skin";

/// Words that are an accessory when the ad is about nothing else.
pub(super) const WEAK: &str = "\
    case; cover; cooler; fan; fans; heatsink; cable; cord; adapter; adaptor; charger; dock; \
    stand; mount; bracket; controller; controllers; headset; remote; strap; band; holder; bag; \
    manual; shroud; bridge; protector; shell; plates; plate; grip; battery; disc drive; joystick; \
    backplate; tempered glass; hulle; ladekabel; ladegerat; coque; funda; carcasa; custodia";

/// Words that are an accessory when the ad says that nothing else is sold.
pub(super) const SOLD_ALONE: &str = "\
    case; cover; cooler; fan; fans; heatsink; cable; charger; dock; stand; mount; bracket; \
    controller; controllers; remote; strap; holder; bag; backplate; adapter; battery";

/// What happened only so often is no reason to think that nothing else is sold.
pub(super) const HAPPENED: &str = "used; opened; tested; tried; once; twice; missing; has; had";

/// Words for what is made to go with any other thing.
pub(super) const MADE: &str = "\
    case; cover; covers; sleeve; charger; cable; cord; adapter; adaptor; bracket; mount; strap; \
    straps; hood; grip; grips; protector; skin; housing; holder; fan; fans; shroud; battery; \
    batteries; propellers; filter; filters; faceplate; cushion; cushions; headrest; armrest; \
    mudguards; drawers; footswitch; decksaver; stand; dock; supply; bag; block; backplate; bridge; \
    remote; tip; tips; keyboard; folio; pads; lid; cap; caps; stylus; con; cons; joycon; joycons; \
    cradle; kit; tool; band; blade; blades; bulb; belt; hose; crank; levers; hulle; schutzhulle; \
    ladekabel; ladegerat; halterung; akku; netzteil; coque; chargeur; housse; etui; funda; carcasa; \
    cargador; soporte; custodia; caricatore";

/// Words behind such a thing that count it or colour it.
pub(super) const SETS: &str = "\
    set; sets; pair; pack; kit; control; x; 2; 3; 4; 5; 6; 8; 10; black; white; red; blue; green; grey; \
    gray; neon; clear; leather; silicone; nylon; only; complete; replacement; new; genuine; \
    padded; schwarz; transparente; compatible";

/// Words between a thing and what it is made for.
pub(super) const LINKS: &str = "for; fits; compatible; per; fur; pour; para; voor; passend";

/// Words that say nothing of what it is made for.
pub(super) const ARTICLES: &str = "\
    the; a; an; your; my; all; any; most; with; genuine; original; old; new; older; vintage; le; la; \
    el; ein; eine; den; die; das; various; use";

/// What nothing is made for: people, purposes, and how an ad ends.
pub(super) const NO_HOSTS: &str = "\
    sale; parts; part; repair; repairs; spares; men; women; man; woman; mens; womens; him; her; \
    kids; kid; boys; girls; children; toddlers; toddler; baby; babies; adults; beginners; beginner; \
    gaming; games; pictures; photos; video; travel; home; work; office; school; trade; free; \
    collectors; collection; display; decoration; you; only; one; two; projects; project; upgrade; \
    pickup; shipping; swap; everyday; outdoor; outdoors; camping; hiking; summer; winter; bastler; \
    pieces; piezas; ricambi";

/// Words ahead of which stands something that comes along, or is sold with it.
pub(super) const JOINS_THINGS: &str =
    "with; w; and; plus; includes; including; included; mit; und; avec; et; con; no; without; ohne";

/// Words that say, up to three words ahead, that an accessory comes along with the main thing.
pub(super) const JOINS: &str = "\
    with; w; and; plus; includes; including; included; incl; include; comes; free; extra; \
    mit; und; inkl; con; y; avec; et; spare; xtra; second; 2nd; additional; bundle; bonus";

/// Words that say, up to three words ahead, that an accessory is missing.
pub(super) const LEAVES_OUT: &str = "no; without; ohne; sans; sin; senza; zonder";

/// Words directly ahead that make an accessory a feature of the main thing: a triple fan card.
pub(super) const COUNTS: &str =
    "dual; twin; triple; single; two; three; 2; 3; 2x; 3x; x2; x3; windforce; ventus";

/// Words behind an accessory that say it comes along, or names an edition of the main thing.
pub(super) const INCLUDED: &str = "\
    included; includes; edition; version; model; installed; incl; bundle; pre; applied; fitted; \
    since; inklusive; inclus";

/// Words that only the main thing's ad uses.
pub(super) const MAIN: &str = "\
    console; bundle; system; edition; ed; digital; disc; plus; processor; cpu; gpu; graphics; \
    unlocked; smartphone; 8gb; 10gb; 12gb; 16gb; 24gb; 64gb; 128gb; 256gb; 512gb; 1tb; 512";

/// Things that a code comes along with.
pub(super) const MAIN_HELD: &str = "\
    console; bundle; system; processor; cpu; gpu; graphics; smartphone; controller; controllers; \
    laptop; card; digital; edition; box; hand; sealed";

/// Words of the main thing that even an unmistakable accessory in its list does not outweigh.
pub(super) const SYSTEM: &str = "console; bundle; system; edition; ed; digital; disc";

/// What accessories are made for.
pub(super) const HOSTS: &str = "\
    ps5; ps4; ps3; playstation; xbox; nintendo; switch; wii; iphone; ipad; samsung; galaxy; rtx; \
    gtx; rx; radeon; geforce; nvidia; amd; tesla; quadro; macbook; airpods; sony; apple; ryzen; \
    microsoft; pixel; titan; dji; gopro";

/// Words at the end of a title that say nothing about the thing.
pub(super) const TRAILING: &str = "\
    new; brand; used; black; white; red; blue; green; pink; gray; grey; silver; gold; oem; \
    genuine; original; official; authentic; free; fast; shipping; ship; in; hand; sealed; only; \
    mint; us; uk; usa";

/// Said of several things together.
pub(super) const BUNDLE: &str = "\
    bundle; bundles; job lot; joblot; pair of; 2 pack; 3 pack; twin pack; pack of 2; pack of 3; \
    extra controller; extra controler; xtra controller; spare controller; second controller; 2nd \
    controller; additional controller; bonus controller; extra remote; additional remote; extra \
    dualsense; second dualsense; 2nd dualsense; 2 controllers; two controllers; extra control; \
    konvolut; sammlung; 2er set; 3er set";

/// Said of one thing with the same words.
pub(super) const NOT_BUNDLE: &str = "\
    pair of shoes; pair of sneakers; pair of boots; pair of jeans; pair of trousers; pair of pants; \
    pair of shorts; pair of socks; pair of gloves; pair of glasses; pair of sunglasses; pair of \
    earrings; pair of headphones; pair of skis; pair of curtains; no bundle; not bundle";

/// Said of amplifiers, which are combos when their speaker is built in.
pub(super) const AMPLIFIER: &str = "\
    amp; amplifier; amps; watt; watts; valve; tube; marshall; vox; junior; speaker; combo guitar";

/// Goods that are several when they are counted.
pub(super) const COUNTED: &str = "\
    games; controllers; consoles; lenses; pedals; guitars; cameras; phones; laptops; sets; gpus; \
    cpus; spiele; jeux; juegos; giochi; dvds; cds; books; shirts";

/// Consoles, by their names.
pub(super) const CONSOLES: &str = "\
    ps3; ps4; ps5; playstation; xbox; switch; wii; dreamcast; gamecube; megadrive; console";

/// What plays games with a console. One comes in its box.
pub(super) const GAMEPADS: &str =
    "controller; controllers; controler; dualsense; dualshock; remote; gamepad; joycon; joycons";

/// What no console has in its box.
pub(super) const EXTRAS: &str = "\
    headset; camera; hdcamera; media; charging; game; games; minecraft; fifa; subscription";

/// Words that make the next thing one more.
pub(super) const MORE: &str = "extra; xtra; additional; second; 2nd; spare; bonus; another";

/// A processor, by its family or its number.
pub(super) const PROCESSORS: &str =
    "ryzen; threadripper; i3; i5; i7; i9; 5600x; 5800x; 5900x; 5950x; 7800x3d";

/// A graphics card, by its family.
pub(super) const CARDS: &str = "rtx; gtx; geforce; radeon rx";

/// A main board, by its name or its chipset.
pub(super) const BOARDS: &str = "\
    motherboard; mobo; mainboard; b350; b450; b550; b650; b660; b760; x370; x470; x570; x670; x670e; \
    z390; z490; z590; z690; z790";

/// What powers a computer.
pub(super) const POWER: &str = "power supply; psu";

/// A computer as a whole.
pub(super) const COMPUTERS: &str = "pc; desktop; laptop; computer; notebook";

/// A computer as a whole that stands on a desk.
pub(super) const WHOLE_COMPUTERS: &str = "\
    gaming pc; gaming desktop; gaming computer; gaming rig; desktop pc; custom pc; pc build; gaming \
    setup; complete setup; full setup; prebuilt pc";

/// Said in descriptions of ads for a picture.
pub(super) const PICTURE_TOLD: &str = "\
    bidding on a picture; buying a picture; purchasing a picture; selling a picture; bidding on \
    a photo; buying a photo; this is a picture of; this is for a picture; you will receive a \
    picture; will receive a photo; receive a jpg; only a picture; not the actual console; this \
    is only the image; image only";

/// Said in descriptions of ads for packaging.
pub(super) const EMPTY_BOX_TOLD: &str = "\
    this is for the box only; empty box; box only; you are buying the box; only the box is";

/// Said in descriptions of ads for broken things.
pub(super) const PARTS_TOLD: &str = "\
    sold for parts; selling for parts; for parts or repair; for parts or not working";
