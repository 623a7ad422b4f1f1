"""The sentences of the pages for everybody, English to Spanish; erp.web.words has those around signing in."""

from erp.services import following, giving

#: Languages somebody may say they wrote in. Source: those with most speakers in California besides English; the
#: county's own list may differ.
LANGUAGES_WRITTEN: dict[str, str] = {
    name: name
    for name in (
        "English", "Spanish", "Arabic", "Armenian", "Chinese", "Farsi", "Hindi", "Hmong", "Khmer", "Korean", "Mixteco",
        "Punjabi", "Russian", "Tagalog", "Vietnamese", "Another language",
    )
}  # fmt: skip

PUBLIC_SPANISH: dict[str, str] = {
    "Pages for everybody": "Páginas para todas las personas",
    "There is no such page": "No existe esta página",
    "Choose one of these.": "Elija una de estas.",
    # giving feedback
    "Give feedback": "Dar su opinión",
    "About: {what}": "Sobre: {what}",
    "Tell us what works and what does not. You will read here what became of it, and you say whether it is mended.": (
        "Díganos qué funciona y qué no. Aquí leerá qué pasó con lo que dijo, y usted dirá si quedó resuelto."
    ),
    "What do you want to tell us?": "¿Qué nos quiere decir?",
    "In your own words, in any language. Please name no child and no family.": (
        "Con sus propias palabras, en cualquier idioma. Por favor no nombre a ningún niño ni a ninguna familia."
    ),
    "Who are you to us?": "¿Cómo quiere presentarse?",
    "I stay anonymous": "De forma anónima",
    "Nobody asks who you are. You get a receipt to read the answer and to write back.": (
        "Nadie pregunta quién es usted. Recibe un comprobante para leer la respuesta y volver a escribir."
    ),
    "With a way to reach me, without my name": "Con una forma de contactarme, sin mi nombre",
    "A phone number or an e-mail address.": "Un número de teléfono o un correo electrónico.",
    "With my name": "Con mi nombre",
    "Shown only to those you choose below. You can have it removed later.": (
        "Solo lo ven las personas que usted elija abajo. Después puede pedir que se quite."
    ),
    "How can we reach you?": "¿Cómo podemos contactarle?",
    "Phone or e-mail.": "Teléfono o correo electrónico.",
    "Who may read it?": "¿Quién puede leerlo?",
    "The county's partnership team": "El equipo de alianzas del condado",
    "People of the county who work with partners.": "Personas del condado que trabajan con organizaciones aliadas.",
    "Only the Tribal liaison": "Solo la persona de enlace con las tribus",
    "The county's own person for Tribes.": "La persona del condado para las tribus.",
    "Only the community liaison": "Solo la persona de enlace con la comunidad",
    "The county's own person for the community.": "La persona del condado para la comunidad.",
    "Only one person": "Solo una persona",
    "Which person?": "¿Qué persona?",
    "Choose a person": "Elija a una persona",
    "Language you wrote in": "Idioma en el que escribió",
    "You may publish my words, without my name": "Pueden publicar mis palabras, sin mi nombre",
    "On the page “You said, we did”, once a liaison has read them.": (
        "En la página «Usted dijo, nosotros hicimos», después de que una persona de enlace las haya leído."
    ),
    "Leave this blank": "Deje esto en blanco",
    "Send": "Enviar",
    "Please press Send once more. What you wrote is still here.": (
        "Por favor presione Enviar otra vez. Lo que escribió sigue aquí."
    ),
    "Many people are sending just now. Wait a minute, then press Send again. What you wrote is still here.": (
        "Muchas personas están enviando en este momento. Espere un minuto y presione Enviar otra vez. Lo que escribió "
        "sigue aquí."
    ),
    "Many people are sending just now. Wait a minute, then press the button again.": (
        "Muchas personas están enviando en este momento. Espere un minuto y presione el botón otra vez."
    ),
    "Many people are sending just now. Wait a minute, then try again.": (
        "Muchas personas están enviando en este momento. Espere un minuto e intente de nuevo."
    ),
    "Nothing is sent yet. The words marked ⟦so⟧ look as if they could identify a child or a family. Please take them "
    "out below – or tick the box if they identify nobody.": (
        "Todavía no se ha enviado nada. Las palabras marcadas ⟦así⟧ podrían identificar a un niño o a una familia. Por "
        "favor quítelas abajo, o marque la casilla si no identifican a nadie."
    ),
    "I checked: these words name no child and no family.": (
        "Lo revisé: estas palabras no nombran a ningún niño ni a ninguna familia."
    ),
    "This link has ended. You can still give feedback here, by the page for everybody.": (
        "Este enlace ya no está activo. Todavía puede dar su opinión aquí, en la página para todas las personas."
    ),
    "What you sent before is kept. Press Send to send this as well, with a receipt of its own.": (
        "Lo que envió antes está guardado. Presione Enviar para enviar también esto, con su propio comprobante."
    ),
    "The county wrote down that you said it is mended": "El condado anotó que usted dijo que quedó resuelto",
    "The county wrote down that you said it is not mended": "El condado anotó que usted dijo que no quedó resuelto",
    # following it
    "Follow my feedback": "Seguir mi opinión",
    "Your feedback": "Su opinión",
    "Open the link of your receipt, or type the code that stands on it.": (
        "Abra el enlace de su comprobante o escriba el código que aparece en él."
    ),
    "Code of the receipt": "Código del comprobante",
    "Four groups of four digits.": "Cuatro grupos de cuatro números.",
    "Show my feedback": "Ver mi opinión",
    "A receipt code has 16 digits, in four groups of four.": (
        "El código de un comprobante tiene 16 números, en cuatro grupos de cuatro."
    ),
    "Too many codes were tried. Wait a minute, then try again.": (
        "Se probaron demasiados códigos. Espere un minuto e intente de nuevo."
    ),
    "Your receipt": "Su comprobante",
    "Show my receipt": "Ver mi comprobante",
    "Take a picture of this or write it down. With it you read the answer, write back, and say if it is mended.": (
        "Tómele una foto o anótelo. Con él puede leer la respuesta, volver a escribir y decir si quedó resuelto."
    ),
    "The link as a QR code": "El enlace como código QR",
    "Code, to be read over the phone:": "Código, para leer por teléfono:",
    "What happened": "Qué ha pasado",
    "What changed because of it": "Lo que cambió por ello",
    "It came in": "Se recibió",
    "The county has read it": "El condado lo leyó",
    "The county decided": "El condado decidió",
    "The county told you what became of it": "El condado le dijo qué pasó con su opinión",
    "You said that it is mended": "Usted dijo que quedó resuelto",
    "You said that it is not mended": "Usted dijo que no quedó resuelto",
    "Next: the county tells you that it has read it, by": (
        "Lo que sigue: el condado le avisa que lo leyó, a más tardar el"
    ),
    "Next: the county tells you that it has read it.": "Lo que sigue: el condado le avisa que lo leyó.",
    "Next: the county decides what to do, by": "Lo que sigue: el condado decide qué hacer, a más tardar el",
    "Next: the county decides what to do.": "Lo que sigue: el condado decide qué hacer.",
    "Next: the county tells you what becomes of it, by": "Lo que sigue: el condado le dice qué pasará, a más tardar el",
    "Next: the county tells you what becomes of it.": "Lo que sigue: el condado le dice qué pasará.",
    "Next: the county looks at it again and tells you, by": (
        "Lo que sigue: el condado lo revisa de nuevo y le responde, a más tardar el"
    ),
    "Next: the county looks at it again.": "Lo que sigue: el condado lo revisa de nuevo.",
    "Thank you. It came in. Keep your receipt, below.": "Gracias. Se recibió. Guarde su comprobante, abajo.",
    "Thank you. You have closed this; nobody else could.": "Gracias. Usted lo cerró; nadie más podía hacerlo.",
    "Thank you for saying so. It is open again, and the county has to come back to you.": (
        "Gracias por decirlo. Está abierto de nuevo y el condado tiene que responderle otra vez."
    ),
    "It is sent. The county reads it here.": "Se envió. El condado lo lee aquí.",
    "You have taken it back.": "Usted lo retiró.",
    "Nobody here can read your name or how to reach you any more. An administrator erases both.": (
        "Aquí ya nadie puede leer su nombre ni cómo contactarle. Una persona de administración borrará ambos."
    ),
    "The county's partnership team may read it now.": "Ahora puede leerlo el equipo de alianzas del condado.",
    "The county's partnership team may read this.": "El equipo de alianzas del condado puede leer esto.",
    "Only the Tribal liaison may read this.": "Solo la persona de enlace con las tribus puede leer esto.",
    "Only the community liaison may read this.": "Solo la persona de enlace con la comunidad puede leer esto.",
    "Only {name} may read this.": "Solo {name} puede leer esto.",
    "Nobody who works here now may read this. Let the team read it, or nobody will.": (
        "Nadie de quienes trabajan aquí ahora puede leer esto. Permita que el equipo lo lea, o nadie lo leerá."
    ),
    "Let the partnership team read it": "Permitir que el equipo de alianzas lo lea",
    "You took this back. The county does not work on it any more.": (
        "Usted lo retiró. El condado ya no trabaja en esto."
    ),
    "The county set this aside. Its reason: {reason}": "El condado lo dejó de lado. El motivo: {reason}",
    "Is it mended?": "¿Quedó resuelto?",
    "We ask you once more: you were told some time ago and have not said whether it is mended.": (
        "Le preguntamos una vez más: se le respondió hace tiempo y no ha dicho si quedó resuelto."
    ),
    "Only you can say so. Until then it stays open as “told, not confirmed”.": (
        "Solo usted puede decirlo. Mientras tanto sigue abierto como «respondido, sin confirmar»."
    ),
    "Only you can say so, also now. Until then it stays counted as “closed, not confirmed”.": (
        "Solo usted puede decirlo, también ahora. Mientras tanto cuenta como «cerrado, sin confirmar»."
    ),
    "The county closed it without your answer": "El condado lo cerró sin su respuesta",
    "The county is letting this rest since": "El condado lo tiene en pausa desde el",
    "Its reason: {reason}": "El motivo: {reason}",
    "Yes, it is mended": "Sí, quedó resuelto",
    "No, it is not mended": "No, no quedó resuelto",
    "What is not mended? (may stay blank)": "¿Qué no quedó resuelto? (puede dejarlo en blanco)",
    "It is not mended after all": "Al final no quedó resuelto",
    "Messages": "Mensajes",
    "Nothing was written yet.": "Todavía no se ha escrito nada.",
    "Write to the county": "Escriba al condado",
    "You": "Usted",
    "The county": "El condado",
    "Take it back": "Retirarlo",
    "The county stops working on it. Only you can do this.": (
        "El condado deja de trabajar en esto. Solo usted puede hacerlo."
    ),
    "Remove my name and how to reach me": "Quitar mi nombre y cómo contactarme",
    "Nobody here can read your name or how to reach you from then on. You keep your receipt.": (
        "A partir de ese momento nadie aquí podrá leer su nombre ni cómo contactarle. Usted conserva su comprobante."
    ),
    "Your name and how to reach you are removed.": "Su nombre y cómo contactarle ya se quitaron.",
    # you said, we did
    "You said, we did": "Usted dijo, nosotros hicimos",
    "Nothing is published yet. What you tell us can be the first.": (
        "Todavía no hay nada publicado. Lo que usted nos diga puede ser lo primero."
    ),
    "What people and partners told us, what was decided, and what changed because of it.": (
        "Lo que nos dijeron personas y organizaciones, lo que se decidió y lo que cambió por ello."
    ),
    "What you said": "Lo que usted dijo",
    "What we decided": "Lo que decidimos",
    "What changed": "Lo que cambió",
    "Whoever said it confirmed that it is mended.": "Quien lo dijo confirmó que quedó resuelto.",
    "Poster of the newest, to print (PDF)": "Cartel de lo más reciente, para imprimir (PDF)",
    "More stands on the page itself, in letters that this poster cannot print.": (
        "Hay más en la página misma, en letras que este cartel no puede imprimir."
    ),
    "Newer ones": "Más recientes",
    "Older ones": "Más antiguos",
    # languages
    "English": "Inglés",
    "Spanish": "Español",
    "Arabic": "Árabe",
    "Armenian": "Armenio",
    "Chinese": "Chino",
    "Farsi": "Farsi",
    "Hindi": "Hindi",
    "Hmong": "Hmong",
    "Khmer": "Jemer",
    "Korean": "Coreano",
    "Mixteco": "Mixteco",
    "Punjabi": "Panyabí",
    "Russian": "Ruso",
    "Tagalog": "Tagalo",
    "Vietnamese": "Vietnamita",
    "Another language": "Otro idioma",
    # from erp.services.giving and erp.services.following
    giving.NO_WORDS: "Escriba lo que nos quiere decir.",
    giving.TOO_LONG: "Esto tiene más de 4,000 caracteres. Acórtelo, o envíe el resto después.",
    giving.NO_NAME: "Escriba su nombre, o elija quedar en el anonimato.",
    giving.NO_REACH: "Escriba cómo podemos contactarle, o elija quedar en el anonimato.",
    giving.TOO_LONG_NAME: "Su nombre o la forma de contactarle es demasiado larga: 200 caracteres como máximo.",
    giving.NOT_OPEN: "Así nadie podría leerlo. Elija de nuevo quién puede leerlo.",
    following.NOT_MENDED: "La persona dice que no quedó resuelto.",
    following.NO_RECEIPT: "Este enlace o código no abre nada. Revíselo una vez más; puede haber vencido.",
    following.NOT_TOLD_YET: "El condado todavía no le ha dado su respuesta. Puede escribirle abajo.",
    following.NOT_BY_THIS_RECEIPT: (
        "Este comprobante lo hizo el condado. Para abrirlo a más personas use el que recibió cuando escribió."
    ),
    following.CLOSED: "Esto se retiró o se dejó de lado; aquí ya no se puede hacer nada más.",
}
