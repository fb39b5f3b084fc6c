using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Api;

/// <summary>
/// The options of sign-in by OpenID Connect, for <c>granary serve</c> and silos alike; <see cref="SignInSettings"/> checks them.
/// </summary>
internal sealed record SignInKeys
{
    [Key("the issuer of people's sign-in by OpenID Connect, as https://login.example.com/realms/main (no sign-in, only keys)",
        Placeholder = "URL")]
    public string? OidcAuthority { get; init; }
    [Key("the id that the issuer gave the dashboard (without it, the dashboard has no sign-in)", Placeholder = "ID")]
    public string? OidcClientId { get; init; }
    [Key("a file with the secret of --oidc-client-id (the variable GRANARY_OIDC_CLIENT_SECRET, or none for a public client)",
        Placeholder = "FILE")]
    public string? OidcClientSecretFile { get; init; }
    [Key("the audience of access tokens that programs may send instead of a key (without it, only keys)", Placeholder = "NAME")]
    public string? OidcAudience { get; init; }
    [Key("the claim that has a person's roles or groups; points lead into objects, as realm_access.roles", Placeholder = "CLAIM")]
    public string OidcRoleClaim { get; init; } = "roles";
    [Key("values of that claim and what they give: viewer, submitter, admin or the right code, as traders=submitter;ops=admin",
        Placeholder = "VALUE=ROLE;…")]
    public string? OidcRoles { get; init; }
    [Key("what the dashboard's sign-in requests, with spaces between; add offline_access for an issuer that gives refresh tokens "
        + "only then", Placeholder = "SCOPES")]
    public string OidcScopes { get; init; } = "openid profile";
    [Key("hours after which a person must sign in again", Placeholder = "N"), Range(1, 720)]
    public int OidcSessionHours { get; init; } = 12;
    [Key("minutes without a request after which a person must sign in again", Placeholder = "N"), Range(1, 43_200)]
    public int OidcIdleMinutes { get; init; } = 120;
    [Key("addresses and networks of reverse proxies whose X-Forwarded-For, -Proto and -Host count, as 10.0.0.7;10.1.0.0/16 (none)",
        Placeholder = "ADDRESS;…")]
    public string? TrustedProxies { get; init; }
}
