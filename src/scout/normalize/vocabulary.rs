//! The words by which ads give away what they really offer. Lists are separated by semicolons.

/// Said of a picture or a printed description that is sold in the place of the thing.
pub(super) const PICTURE: &str = "\
    picture of; pictures of; pic of; photo of; photograph of; image of; drawing of; poster of; \
    picture only; pictures only; pic only; photo only; photos only; image only; images only; \
    jpg; jpeg; png; printed picture; printed photo; digital picture; digital photo; digital \
    image; paper edition; paper version; just a picture; just a photo; not a real";

/// Said of pictures that merely show the thing.
pub(super) const NOT_PICTURE: &str = "\
    picture of actual; pictures of actual; photo of actual; image of actual; picture of the \
    actual";

/// Said of work, codes and places in a queue.
pub(super) const SERVICE: &str = "\
    repair service; replacement service; installation service; install service; unlock service; \
    unlocking service; mail in repair; unlock code; gift card; place in line; spot in line; \
    place in queue; spot in queue; code only; download only; rental; bot access";

/// Said where a code or a service merely comes along.
pub(super) const NOT_SERVICE: &str =
    "with; w; includes; including; included; free; comes; plus code";

/// Said of packaging alone.
pub(super) const EMPTY_BOX: &str = "\
    box only; empty box; empty retail box; empty original box; only box; only the box; just the \
    box; just box; box no console; box no card; box no gpu; box no phone; packaging only; \
    boxonly; empty boxes; box and manual only; box manual only; scatola vuota; leere ovp; nur \
    ovp; boite vide";

/// Said of boxes that still hold the thing.
pub(super) const NOT_EMPTY_BOX: &str = "open box only; opened box only; no empty box";

/// Said where the thing itself is left out.
pub(super) const LACKS: &str = "\
    no graphics card; no gpu; no video card; no console; no cpu; no phone included; no card \
    included";

/// Said of broken things, in the languages of the larger marketplaces.
pub(super) const PARTS: &str = "\
    for parts; parts only; parts or repair; parts repair; for repair; spares or repair; spares \
    repairs; spares repair; not working; non working; doesnt work; does not work; faulty; \
    defective; no power; no display; no pcb; no pbc; no core; wont turn on; does not turn on; \
    artifacting; artifacts; broken; cracked; water damage; water damaged; icloud locked; icloud \
    lock; activation locked; blacklisted; bad esn; bad imei; dead gpu; dead card; defekt; \
    bastler; pour pieces; hors service; non funzionante; guasto; guasta; per ricambi; para \
    piezas; averiado";

/// Said of sound things with the same words.
pub(super) const NOT_PARTS: &str = "\
    not for parts; broken seal; broken box; box broken; seal broken; cracked box; not broken; \
    not cracked; no artifacts; not faulty; no cracked; not blacklisted; \
    handle broken";

/// Words for things that hardly ever are the main thing of a longer title.
pub(super) const STRONG: &str = "\
    skin; skins; sticker; stickers; decal; decals; faceplate; faceplates; waterblock; water \
    block; screen protector; riser; thermal pad; thermal pads; phone \
    case; cooling fan; fan kit; replacement fan; fan replacement; heatsink only; charging \
    station; charging dock; vertical stand; wall mount; dust cover; dust filter; face plate; \
    face plates; nvlink bridge; sli bridge; thumb grip; thumb grips; carrying case; travel case; \
    carry case; protective case; lens cap";

/// Words that are an accessory when the ad is about nothing else.
pub(super) const WEAK: &str = "\
    case; cover; cooler; fan; fans; heatsink; cable; cord; adapter; adaptor; charger; dock; \
    stand; mount; bracket; controller; controllers; headset; remote; strap; band; holder; bag; \
    manual; shroud; bridge; protector; shell; plates; plate; keyboard; grip; battery; camera; \
    drive; joystick; backplate; tempered glass";

/// Words that say, up to three words ahead, that an accessory comes along with the main thing or is missing.
pub(super) const JOINS: &str = "\
    with; w; and; plus; includes; including; included; incl; include; comes; free; extra; no; \
    without; mit; con; avec; spare; xtra; second; 2nd; additional; bundle";

/// Words directly ahead that make an accessory a feature of the main thing: a triple fan card.
pub(super) const COUNTS: &str =
    "dual; twin; triple; single; two; three; 2; 3; 2x; 3x; x2; x3; windforce; ventus";

/// Words behind an accessory that say it comes along, or names an edition of the main thing.
pub(super) const INCLUDED: &str =
    "included; includes; edition; version; model; installed; incl; bundle; pre";

/// Words that only the main thing's ad uses.
pub(super) const MAIN: &str = "\
    console; bundle; system; edition; ed; digital; disc; plus; processor; cpu; gpu; graphics; unlocked; smartphone; 8gb; 10gb; 12gb; 16gb; 24gb; \
    64gb; 128gb; 256gb; 512gb; 1tb; 512";

/// Words of the main thing that even an unmistakable accessory in its list does not outweigh.
pub(super) const SYSTEM: &str = "console; bundle; system; edition; ed; digital; disc";

/// What accessories are made for.
pub(super) const HOSTS: &str = "\
    ps5; ps4; ps3; playstation; xbox; nintendo; switch; wii; iphone; ipad; samsung; galaxy; rtx; \
    gtx; rx; radeon; geforce; nvidia; amd; tesla; quadro; macbook; airpods; sony; apple; ryzen; \
    microsoft; pixel; titan";

/// Words at the end of a title that say nothing about the thing.
pub(super) const TRAILING: &str = "\
    new; brand; used; black; white; red; blue; green; pink; gray; grey; silver; gold; oem; \
    genuine; original; official; authentic; free; fast; shipping; ship; in; hand; sealed; only; \
    mint; us; uk";

/// Said of several things together.
pub(super) const BUNDLE: &str = "\
    bundle; bundles; job lot; combo; pair of; 2 pack; 3 pack; pack of 2; extra controller; xtra \
    controller; spare controller; second controller; 2nd controller; additional controller; 2 \
    controllers; two controllers; extra control";

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
