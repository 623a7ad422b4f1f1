"""The sentences of pages outside the sign-in, English to Spanish. A sentence is its own key; `say` looks it up."""

from starlette.requests import Request

from erp.services import accounts
from erp.vocabulary import Role
from erp.web.words_public import PUBLIC_SPANISH

LANGUAGES = {"en": "English", "es": "Español"}

SPANISH: dict[str, str] = PUBLIC_SPANISH | {
    "Partnerships": "Alianzas",
    "Sign in": "Iniciar sesión",
    "E-mail address": "Correo electrónico",
    "Password": "Contraseña",
    "Forgot your password, or no account yet? Ask an administrator of your county for a one-time link.": (
        "¿Olvidó su contraseña o todavía no tiene cuenta? Pida a un administrador de su condado un enlace de un solo "
        "uso."
    ),
    "Wrong e-mail address or password. Check both and try again.": (
        "El correo electrónico o la contraseña no son correctos. Revise ambos e intente de nuevo."
    ),
    "Too many attempts. Try again in {number} seconds.": "Demasiados intentos. Intente de nuevo en {number} segundos.",
    "Too many attempts. Try again in {number} minutes.": "Demasiados intentos. Intente de nuevo en {number} minutos.",
    "You are signed out.": "Su sesión está cerrada.",
    "Sign out": "Cerrar sesión",
    "Sign out of this browser?": "¿Cerrar la sesión en este navegador?",
    "Go back": "Volver",
    "Try the made-up county": "Pruebe el condado inventado",
    "Its people, partners and records are invented. Choose who you want to be:": (
        "Sus personas, organizaciones y registros son inventados. Elija quién quiere ser:"
    ),
    "Or sign in with a password": "O inicie sesión con una contraseña",
    "Set up your county": "Configure su condado",
    "This page makes the county and its first administrator. It opens once, with the code printed in the window "
    "where the program was started.": (
        "Esta página crea el condado y su primer administrador. Se abre una sola vez, con el código que aparece en la "
        "ventana donde se inició el programa."
    ),
    "One-time code": "Código de un solo uso",
    "Name of the county": "Nombre del condado",
    "Time zone": "Zona horaria",
    "Your name": "Su nombre",
    "At least 12 characters; a few words in a row are easy to remember.": (
        "Al menos 12 caracteres; unas cuantas palabras seguidas son fáciles de recordar."
    ),
    "The same password again": "La misma contraseña otra vez",
    "Set up": "Configurar",
    "The code is not right. It is printed in the window where the program was started; each start prints a new one.": (
        "El código no es correcto. Aparece en la ventana donde se inició el programa; cada inicio muestra uno nuevo."
    ),
    "The two passwords differ. Enter the same one twice.": (
        "Las dos contraseñas no coinciden. Escriba la misma dos veces."
    ),
    "Choose your password": "Elija su contraseña",
    "This is for {name}, {email}. The link works once.": "Para {name}, {email}. El enlace funciona una sola vez.",
    "Keep this password and go on": "Guardar la contraseña y continuar",
    "This link does not work": "Este enlace no funciona",
    "This page was not asked for from here": "Esta página no se solicitó desde aquí",
    "Nothing was done. Open the page again and send the form from there.": (
        "No se hizo nada. Abra la página de nuevo y envíe el formulario desde ahí."
    ),
    "Language": "Idioma",
    "Pacific (Los Angeles)": "Pacífico (Los Ángeles)",
    "Arizona (Phoenix)": "Arizona (Phoenix)",
    "Mountain (Denver)": "Montaña (Denver)",
    "Central (Chicago)": "Centro (Chicago)",
    "Eastern (New York)": "Este (Nueva York)",
    "Alaska (Anchorage)": "Alaska (Anchorage)",
    "Hawaii (Honolulu)": "Hawái (Honolulu)",
    # from erp.vocabulary
    Role.ADMINISTRATOR.label: "Administración",
    Role.LEADERSHIP.label: "Dirección",
    Role.COORDINATOR.label: "Coordinación",
    Role.TRIBAL_LIAISON.label: "Enlace con las tribus",
    Role.COMMUNITY_LIAISON.label: "Enlace con la comunidad",
    Role.VIEWER.label: "Solo lectura",
    # from erp.services.accounts, which staff read too
    accounts.TOO_SHORT: (
        "Elija una contraseña de al menos 12 caracteres. Unas cuantas palabras seguidas son fáciles de recordar y "
        "difíciles de adivinar."
    ),
    accounts.TOO_LONG: "Elija una contraseña de 200 caracteres como máximo.",
    accounts.IS_NAME: "Elija una contraseña que no sea su nombre ni su correo electrónico.",
    accounts.LINK_OVER: ("Este enlace ya se usó o venció. Pida uno nuevo a un administrador de su condado."),
    accounts.ALREADY_SET_UP: "Este condado ya está configurado. Inicie sesión.",
    accounts.NAME_MISSING: "Escriba su nombre, como lo conocen sus colegas.",
    accounts.COUNTY_MISSING: "Escriba el nombre del condado.",
    accounts.NO_EMAIL: "Escriba un correo electrónico, por ejemplo nombre@condado.example.",
    accounts.NO_ZONE: "Elija una zona horaria de la lista.",
    accounts.EMAIL_TAKEN: (
        "Ya existe una cuenta con este correo electrónico. Inicie sesión con ella o use otro correo."
    ),
}


def language(request: Request) -> str:
    """Return the language of a public page: the one chosen in the address, else the first of ours the browser asks."""
    chosen = request.query_params.get("lang", "")
    if chosen in LANGUAGES:
        return chosen
    for wish in request.headers.get("accept-language", "").split(","):
        code = wish.strip()[:2].lower()
        if code in LANGUAGES:
            return code
    return "en"


def say(request: Request, sentence: str, **values: object) -> str:
    """Return a sentence in the language of the page, with `values` in the places it names."""
    spoken = SPANISH.get(sentence, sentence) if language(request) == "es" else sentence
    return spoken.format(**values) if values else spoken
