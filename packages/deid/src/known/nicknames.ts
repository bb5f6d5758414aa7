/** Given names and the short forms in use in English; each line is one name and what people make of it. Our own list. */
const LINES = `
abigail abby abbie gail
abraham abe bram
adelaide addie della
agnes aggie nessa
albert al bert bertie
alexander alex al alec xander sandy sasha
alexandra alex sandra sasha lexi alexa sandy
alfred al alf fred alfie
alice ali allie
alison ali allie
amanda mandy manda
amelia amy millie mel
andrea andie drea
andrew andy drew
angela angie
anna ann annie nan
anne ann annie nan
anthony tony ant
antonio tony toni
arthur art artie
barbara barb barbie babs
beatrice bea trixie
benjamin ben benny benji
bernard bernie
bradley brad
bridget bridie biddy
calvin cal
cameron cam
caroline carrie carol caro
catherine cathy cat kate katie kitty
cecilia celia cece
charles charlie chuck chas chip
charlotte charlie lottie
christina chris tina chrissy
christine chris tina chrissy
christopher chris kit topher
clarence clare
clifford cliff
constance connie
curtis curt
cynthia cindy
daniel dan danny
danielle dani
david dave davey
deborah deb debbie debby
dennis denny
dolores lola dolly
dominic dom nick
donald don donnie
dorothy dot dottie dolly
douglas doug
edgar ed eddie
edith edie
edmund ed eddie ted
edward ed eddie ted teddy ned
edwin ed eddie
eleanor ellie nora nell
elizabeth liz beth betty lizzie eliza betsy libby lisa
ellen ellie nell
emily em emmy
emma em emmy
ernest ernie
esther essie
eugene gene
evelyn evie
ezekiel zeke
florence flo flossie
frances fran fanny frannie
francis frank fran
francisco paco pancho frank
franklin frank
frederick fred freddie rick
gabriel gabe
gabriela gaby gabby
george georgie
gerald gerry jerry
geraldine gerry
gilbert gil bert
gloria glo
gregory greg
guadalupe lupe
gwendolyn gwen wendy
harold harry hal
harriet hattie
harry hal
helen nell
henry hank harry hal
herbert herb bert
howard howie
hubert bert
ignacio nacho
irene rene
isaac ike zac
isabel izzy bella isa
isabella izzy bella isa
jacob jake
jacqueline jackie
james jim jimmy jamie jem
jane janie jenny
janet jan
jasmine jas
jason jay
jeffrey jeff
jennifer jen jenny jenn
jeremiah jerry
jeremy jerry
jerome jerry
jessica jess jessie
jesus chuy
joan joanie
john jack johnny jon
jonathan jon jonny nathan
jose pepe joe
joseph joe joey
josephine jo josie
joshua josh
joyce joy
judith judy
julia julie
katherine kathy kate katie kat kay kitty
kathleen kathy kate katie kay
keith kei
kenneth ken kenny
kimberly kim
kristina kris tina
laura laurie
lawrence larry laurie
leonard len lenny leo
leslie les
lillian lily lil
louis lou louie
louise lou
lucille lucy
luis lou
madeline maddie
magdalena lena magda
marcus marc mark
margaret meg maggie peggy marge margie greta rita
maria mary mia
marilyn mary
martin marty
martha marty mattie
mary molly polly mae
matilda tilly mattie
matthew matt matty
maureen mo reenie
maurice mo
maximilian max
megan meg
melissa mel missy
michael mike mick mickey mikey
michelle shelly
mildred millie
miriam mimi
mitchell mitch
mohammed mo
mohammad mo
muhammad mo
nancy nan
natalie nat
nathan nate
nathaniel nate nat nathan
nicholas nick nicky
nicole nikki
norman norm
olivia liv livvy
oliver ollie
oscar ozzie
pamela pam
patricia pat patty tricia trish
patrick pat paddy rick
paul paulie
peter pete
philip phil pip
phillip phil pip
phyllis phyl
priscilla cilla
rachel rae
ralph ralphie
randall randy
raymond ray
rebecca becky becca
reginald reg reggie
richard rick dick rich ricky richie
robert bob rob bobby robbie bert
roberta bobbie
roderick rod
rodney rod
roger rog
roland rollie
ronald ron ronnie
rosemary rose rosie
rudolph rudy
russell russ
samantha sam
samuel sam sammy
sandra sandy
sarah sally sadie
sebastian seb
sharon shari
shirley shirl
sidney sid
sophia sophie
stanley stan
stephanie steph
stephen steve steph
steven steve
stuart stu
susan sue susie suzy
sylvia syl
tabitha tabby
teresa terry tess
theodore ted teddy theo
theresa terry tess tracy
thomas tom tommy
timothy tim timmy
tobias toby
valerie val
vanessa nessa
veronica ronnie vera
victor vic
victoria vicky tori
vincent vince vinny
virginia ginny ginger
vivian viv
walter walt wally
wendell dell
wilfred will fred
wilhelmina mina
william bill will billy willy liam
winifred winnie fred
zachary zach zack
`

function compile(): ReadonlyMap<string, readonly string[]> {
  const table = new Map<string, Set<string>>()
  const link = (one: string, other: string): void => {
    if (one !== other) table.set(one, (table.get(one) ?? new Set()).add(other))
  }
  for (const line of LINES.trim().split('\n')) {
    const [name = '', ...short] = line.split(' ')
    for (const one of short) {
      link(name, one)
      link(one, name)
    }
  }
  return new Map(Array.from(table, ([name, others]) => [name, [...others]]))
}

const TABLE = compile()

/** What else people may call somebody of this given name (lower case): short forms, and names that it is short for. */
export function nicknamesOf(given: string): readonly string[] {
  return TABLE.get(given) ?? []
}
