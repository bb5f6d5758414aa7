/** What a word may tell by itself; a bit each. Words are lower case, without accents. */
export const HINT = {
  given: 1,
  surname: 2,
  place: 4,
  country: 8,
  street: 16,
  facility: 32,
  institution: 64,
  family: 128,
  month: 256,
  title: 512,
  unit: 1024,
  phone: 2048,
  fax: 4096,
  mail: 8192,
  age: 16384,
  sex: 32768,
  identifier: 65536,
  job: 131072,
  particle: 262144,
  weekday: 524288,
} as const

const WORDS: Readonly<Record<keyof typeof HINT, string>> = {
  given: `aaron abel adela adolfo adrian adriana agustin aida aitor alba albert alberto alejandra alejandro alex alfonso alfredo
    alicia almudena alonso alvaro amalia amelia amparo ana anabel andrea andres angel angela angeles anna anton antonia antonio
    araceli arturo ascension asuncion aurelio aurora barbara beatriz begona belen benito bernardo blanca borja bruno candela
    carla carles carlos carlota carmelo carmen carolina catalina cecilia celia cesar clara claudia concepcion consuelo cristian
    cristina cristobal cruz dani daniel daniela david diana diego dolores domingo eduardo elena elias elisa eloy elvira emilia
    emilio enrique ernesto esperanza esteban estefania ester esther eugenia eugenio eva fabian fatima federico felipe felix
    fermin fernando fidel francesc francisca francisco gabriel gabriela gema gemma gerardo german gloria gonzalo gregorio
    guadalupe guillermo gustavo hector hugo ignacio inaki ines inmaculada irene isabel isidro ismael ivan jaime javier jesus
    joan joaquin jon jordi jorge jose josefa josefina josep juan juana julia julian julio laura leandro leire leonor leticia
    lidia lola lorena lorenzo lourdes lucas lucia luis luisa luz macarena magdalena manuel manuela mar marc marcela marcelo
    marcos margarita maria mariano marina mario marta marti martin mateo matias mercedes miguel mikel milagros miriam moises
    monica montserrat natalia nerea nicolas nieves noelia nuria olga oscar pablo paloma patricia patricio paula pedro pilar
    purificacion rafael raimundo ramiro ramon raquel raul rebeca remedios ricardo roberto rocio rodolfo rodrigo rogelio roman
    rosa rosario ruben salvador samuel sandra santiago santos sara saul sebastian sergio silvia sofia soledad sonia susana
    tamara teodoro teresa tomas trinidad valentin valeria vanesa vicente victor victoria virginia xavier yolanda zaida`,
  surname: `abad acosta aguado aguilar alarcon alonso alvarez andres aparicio arias arroyo avila ballesteros barrios benitez benito
    bermudez bernal blanco blasco bravo caballero cabrera calderon calvo campos cano carmona carrasco carrillo castillo castro
    cortes crespo cruz cuesta delgado diaz diez dominguez duran escobar espinosa esteban estevez fernandez ferrer flores franco
    fuentes fuster gallardo gallego garcia garrido gil gimenez gomez gonzalez guerra guerrero guillen gutierrez hernandez
    herrera herrero hidalgo ibanez iglesias izquierdo jimenez juan lara lazaro leon llorente lopez lorenzo lozano luna luque
    marin marquez marti martin martinez mateo medina mendez merino miranda molina montero montes mora morales moreno moya munoz
    navarro nieto nunez ortega ortiz otero padilla parra pascual pastor pena peralta perez plaza prieto quintana ramirez ramos
    redondo reyes rios rivas rivera robles rodriguez rojas roldan roman romero rubio ruiz saez salas salazar sanchez santana
    santiago santos sanz segura serrano sierra silva simon soler soriano sosa soto suarez toledo tomas torres trujillo valero
    valle vargas vazquez vega velasco vera vicente vidal vila villa villanueva zamora`,
  place: `alava albacete alicante alacant almeria asturias avila badajoz barcelona bilbao burgos caceres cadiz cantabria castellon
    ceuta cordoba coruna cuenca gerona girona granada guadalajara gijon guipuzcoa gipuzkoa huelva huesca jaen lanzarote leon
    lerida lleida logrono lugo madrid malaga mallorca manresa melilla menorca murcia navarra orense ourense oviedo palencia
    palma pamplona pontevedra rioja salamanca santander segovia sevilla soria tarragona tenerife teruel toledo valencia
    valladolid vigo vizcaya bizkaia vitoria zamora zaragoza badalona sabadell terrassa elche cartagena jerez hospitalet alcorcon
    leganes getafe mostoles fuenlabrada alcala parla torrejon donostia sebastian santiago compostela ferrol aviles reus mataro
    algeciras marbella lorca andalucia aragon canarias baleares castilla mancha cataluna catalunya extremadura galicia euskadi
    buenos aires bogota lima caracas quito habana mexico monterrey guadalajara medellin cali montevideo asuncion lisboa oporto
    paris londres roma rabat tanger casablanca`,
  country: `espana portugal francia italia alemania inglaterra suiza belgica holanda suecia noruega finlandia dinamarca irlanda
    polonia rumania bulgaria ucrania rusia grecia turquia marruecos argelia tunez egipto senegal mali nigeria ghana guinea
    camerun congo angola etiopia kenia mozambique mexico guatemala honduras nicaragua panama cuba haiti colombia venezuela
    ecuador peru bolivia chile argentina uruguay paraguay brasil usa canada china japon india pakistan bangladesh filipinas
    corea vietnam tailandia iran irak siria libano israel australia uk eeuu armenia georgia republica dominicana unidos`,
  street: `calle c cl avenida avda avd av avenida paseo pso p plaza pza plza pl ronda rda carretera ctra camino travesia trav
    glorieta gran via urbanizacion urb poligono pol carrer passeig placa avinguda rambla cuesta callejon pasaje alameda bulevar
    apartado autovia barrio kalea rua costanilla sector parque s/n bajo piso puerta escalera portal edificio`,
  facility: `hospital hospitalario hospitalaria hospitales clinica clinico clinic policlinica policlinico complejo sanatorio
    centro ambulatorio consultorio residencia hospitalari universitario universitari complexo mutua maternidad cs chu huca`,
  institution: `universidad facultad instituto fundacion laboratorio laboratorios agencia consejeria colegio ministerio asociacion
    sociedad registro laboratoire juzgado juzgados empresa cooperativa guardia ejercito pharma inc corp gmbh sa sl`,
  family: `padre padres madre madres hermano hermana hermanos hermanas hijo hija hijos hijas abuelo abuela abuelos abuelas tio tia
    tios tias primo prima primos primas esposo esposa marido mujer familia familiar familiares sobrino sobrina sobrinos nieto
    nieta nietos progenitor progenitores cunado cunada suegro suegra gemelo gemela gemelos pareja conyuge bisabuelo bisabuela
    materna paterno materno paterna allegados novio novia compañero`,
  month: `enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre ene feb mar abr may jun
    jul ago sep sept oct nov dic`,
  title: 'dr dra doctor doctora d dna don dona sr sra prof profesor profesora doctores dres lic',
  unit: `servicio servicios departamento dpto depto unidad seccion division area urgencias cirugia urologia oftalmologia pediatria
    neurologia cardiologia neumologia radiologia dermatologia nefrologia hematologia oncologia traumatologia ginecologia
    medicina interna digestivo uci psiquiatria anestesiologia endocrinologia reumatologia infecciosas microbiologia patologica`,
  phone: 'tel telf tlf tfno tfn telefono telefonos tlfno movil telef phone ext extension',
  fax: 'fax telefax',
  mail: 'email mail correo electronico e-mail correspondencia',
  age: 'anos ano meses mes semanas semana dias dia edad a horas decada anciano anciana',
  sex: 'varon mujer hombre h m v f masculino femenino femenina nino nina sexo varones hembra chico chica lactante',
  identifier:
    'nhc nass nocol ncol col cip dni nie nif episodio historia colegiado cipa nuss num numero no expediente cp',
  job: `militar agricultor ganadero jubilado jubilada auxiliar enfermera medico abogado albanil estudiante profesor conductor
    camionero soldador soldadora carpintero pintor minero mecanico electricista funcionario funcionaria administrativo empleada
    empleado trabajador trabajadora trabajaba trabaja peluquera cocinero camarero comerciante pescador panadero jardinero
    veterinario deportista futbolista profesion profesional obrero ama`,
  particle: 'de del la las los el y e i da do dos das san santa sant sta von van',
  weekday: 'lunes martes miercoles jueves viernes sabado domingo',
}

/** The hints of each listed word. */
export const HINTS: ReadonlyMap<string, number> = collect()

function collect(): Map<string, number> {
  const hints = new Map<string, number>()
  for (const [name, bit] of Object.entries(HINT)) {
    const words: string = WORDS[name as keyof typeof HINT]
    for (const word of words.split(/\s+/)) hints.set(word, (hints.get(word) ?? 0) | bit)
  }
  return hints
}
