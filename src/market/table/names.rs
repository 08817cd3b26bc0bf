//! What columns are called, in several languages. The first name that a table has wins, so names stand in order of how
//! sure they are. Names are separated by spaces.

pub(super) const TITLE: &str = "\
    title item_title listing_title product_title titel titre titolo titulo título name item_name \
    product_name item product bezeichnung artikelbezeichnung artikel heading";
pub(super) const DESCRIPTION: &str = "\
    description item_description desc beschreibung descrizione descripcion subtitle body";
pub(super) const PRICE: &str = "\
    price asking_price ask_price current_price item_price listing_price list_price buy_it_now_price preis \
    prix prezzo precio preço prijs pris amount sale_price \
    selling_price final_price";
pub(super) const SOLD_PRICE: &str = "\
    sold_price price_sold sold_for item_sold_price sold_amount closing_price winning_bid hammer_price \
    sale_amount verkaufspreis prix_vendu";
pub(super) const TOTAL_PRICE: &str = "\
    total_price total_pr total total_amount total_paid price_total gesamtpreis";
pub(super) const SHIPPING: &str = "\
    sold_shipping_price shipping shipping_price shipping_cost ship_pr shipping_amount shipping_and_handling postage delivery \
    delivery_cost versand versandkosten porto p_p frais_de_port";
pub(super) const SOLD_DATE: &str = "\
    sold_date sold_at date_sold sold_on sold_time sale_date date_of_sale ended_at date_ended \
    verkauft_am verkaufsdatum date_de_vente";
pub(super) const POSTED_DATE: &str = "\
    posted_at posted date_posted posted_date posted_on listed_at date_listed list_date listing_date \
    listed_date published_at published start_date start_time item_creation_date created_at created date \
    datum";
pub(super) const CONDITION: &str = "\
    condition item_condition cond condition_name zustand état etat condizione condición";
pub(super) const URL: &str = "\
    url link listing_url item_url item_web_url web_url permalink href product_url item_link listing_link";
pub(super) const IMAGE: &str = "\
    image_url image image_link photo_url photo picture_url picture cover_photo_url thumbnail_url thumbnail \
    img bild images photos";
pub(super) const ID: &str = "\
    item_id listing_id legacy_item_id source_id ebay_item_number item_number ad_id artikelnummer id \
    object_id itemid sku";
