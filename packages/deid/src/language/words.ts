/**
 * Frequent small words, and the words that head the fields of a patient's record, of languages in Latin letters. Written
 * for this file; lower case, without accents. A word that English or Spanish text holds as well is left out.
 */
export const OTHER_WORDS: Readonly<Record<string, string>> = {
  af: 'nie het hy sy vir wat naam geboortedatum nommer selfoon ouderdom adres poskode pasient jaar dokter',
  ca: 'amb els dels aquest aquesta pacient malalt anys nascut telefon adreca codi dies metge i l',
  cs: 'je se na ze pacient pacientka narozeni narozen telefon rodne cislo adresa ulice psc ktery jsou byl byla lekar datum',
  da: 'og ikke det er af til med paa pa fodt adresse telefon patienten har blev cpr som en den laege',
  de: 'und der das ist nicht mit von den dem ein eine einer zu auf fur im wird wurde geboren geburtsdatum nummer adresse strasse plz patientin versichertennummer anschrift telefon ahv herr frau jahre wohnhaft',
  et: 'ja on ei patsient sunniaeg telefon isikukood aadress tanav postiindeks kui ta oli',
  fi: 'ja on ei se potilas syntymaaika puhelin henkilotunnus osoite postinumero oli han katu',
  fr: 'le les des et est une dans pour avec sur par pas qui ne au aux du ce cette nee telephone adresse rue code numero patiente ans medecin naissance date virement facturation securite sociale carte madame monsieur il elle',
  hi: 'ka ki ke hai hain naam aur umar saal mein ko se nahi mareez',
  hr: 'i je se na pacijent pacijentica rodjenja rodenja adresa ulica postanski broj telefon datum oib jmbg godina su',
  hu: 'es az egy nem hogy van volt beteg szuletesi datum telefon szam lakcim utca iranyitoszam ev taj',
  id: 'dan yang di dengan untuk pada adalah tidak dari ini pasien lahir telepon nik alamat jl jalan kode pos',
  ig: 'na bu onye oria oriia ubochi omumu nomba ekwenti adreesi koodu nzipu ozi afo ndu',
  it: 'il di che e non per una con sono gli della dei nel alla paziente nata nato telefono codice fiscale indirizzo via cap anni residente medico anche',
  lv: 'un ir pacients paciente dzimsanas datums telefons personas kods adrese iela pasta indekss nav',
  ms: 'dan yang di dengan untuk pesakit lahir telefon mykad alamat jalan poskod tidak',
  nl: 'de het een en van is niet op te zijn met voor dat aan bij naar heeft wordt patient geboren geboortedatum nummer nummers telefoon adres straat postcode rijksregisternummer rijksregisternummers bsn jaar mevrouw',
  no: 'og ikke det er til pa av med som for fodt pasient pasienten adresse telefon fodselsnummer har gate ble',
  pl: 'i w na z nie sie jest do pacjent pacjentka urodzony urodzona data urodzenia telefon pesel adres ulica kod pocztowy lat oraz',
  pt: 'doente portador contribuinte utente os um uma em nao do da dos das com ao nascida nascido telefone telemovel morada rua endereco cpf cep anos foi data nascimento',
  ro: 'si este in nu cu la de pentru pacient pacienta nascut nascuta telefon cnp adresa strada str cod postal martie ani care',
  sk: 'je sa na pacient pacientka narodenia narodeny telefon rodne cislo adresa ulica psc datum bol bola',
  sr: 'i je se na pacijent rodjenja rodenja adresa ulica postanski broj bulevar telefon datum jmbg',
  sv: 'och att det ar inte som en pa av med for till patienten fodd telefon personnummer adress gatan har',
  sw: 'ya wa na kwa ni jina tarehe kuzaliwa nambari kitambulisho simu umri miaka anwani msimbo posta mgonjwa',
  tl: 'ng ang sa mga na ay pasyente ipinanganak telepono tirahan edad siya',
  tr: 've bir bu icin ile hasta dogum tarihi telefon tc kimlik adres caddesi sokak posta kodu adi soyadi yas',
  vi: 'va la cua co khong ngay sinh dien thoai dia chi duong phuong ma buu chinh benh nhan phieu kham tong hop',
  xh: 'igama lesigulane umhla wokuzalwa inombolo yesazisi yoncedo lwezonyango ifowuni iminyaka idilesi ikhowudi yeposi',
  yo: 'ni ti fun ojo ibi nonba nomba telifoonu idanimo adireesi koodu ifiweranse akosile alaisan opopona',
  zu: 'igama lesiguli usuku lokuzalwa inombolo kamazisi yosizo lwezempilo ucingo iminyaka ikheli ikhodi yeposi',
}

export const ENGLISH_WORDS = `the of and to in is was for with on that at by from this are were has had have he she his her they
  you we it its be been not no as an or but if who which what when any all will would can could should do does did there
  then than after before during about over into out up her him them their our my your me i a so because how also patient
  patients history year years old male female denies reports presents presented noted normal pain medical follow date birth
  name phone address record number doctor please call today left right chest blood pressure seen past medications status
  exam daily day days week weeks month months home hospital clinic admitted discharge treatment plan symptoms disease note
  note billing wire transfer account contact street lives`

export const SPANISH_WORDS = `el la los las de del que y en un una unos unas por con para se su sus al lo como mas pero sin sobre
  este esta entre cuando muy ya tambien fue ha han desde hasta donde durante presenta presento paciente anos edad sexo varon
  mujer nombre apellidos domicilio localidad provincia fecha nacimiento ingreso medico hospital calle avenida telefono
  correo informe clinico historia motivo antecedentes tratamiento dolor exploracion fisica diagnostico servicio enfermedad
  izquierda derecha dias meses remitido numero direccion codigo postal facturacion consulta alta enfermera dni nhc pago`
