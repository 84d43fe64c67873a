"""Addresses of this module's pages."""

from django.urls import path

from gongmai.core.access.views import keys, people, sign_in

app_name = "access"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("password/", sign_in.password, name="password"),
    path("keys/", keys.keys, name="keys"),
    path("keys/<int:number>/revoke/", keys.revoke, name="revoke-key"),
    path("people/", people.people, name="people"),
    path("people/new/", people.create, name="create-person"),
    path("people/<int:number>/", people.person, name="person"),
    path("people/<int:number>/active/", people.set_active, name="set-active"),
    path("people/<int:number>/reset/", people.reset, name="reset-password"),
    path("sign-ins/", people.sign_ins, name="sign-ins"),
]
