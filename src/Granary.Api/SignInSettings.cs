using System.Net;
using Granary.Server.Access;

namespace Granary.Api;

/// <summary>Sign-in by OpenID Connect.</summary>
/// <param name="Authority">Address of the issuer, as it names itself in its tokens.</param>
/// <param name="ClientId">The dashboard's id at the issuer; null = the dashboard has no sign-in.</param>
/// <param name="ClientSecret">null = a public client, which PKCE alone protects.</param>
/// <param name="Audience">The audience of access tokens; null = they are not accepted.</param>
/// <param name="RoleClaim">Name of the claim with the roles, or a path into objects.</param>
/// <param name="Roles">What each value of the claim gives.</param>
/// <param name="Scopes">The scopes that the dashboard's sign-in requests.</param>
/// <param name="Lifetime">Time after which a session ends.</param>
/// <param name="Idle">Time without a request after which a session ends.</param>
internal sealed record SignInSettings(Uri Authority, string? ClientId, string? ClientSecret, string? Audience, string RoleClaim,
    IReadOnlyList<SignInGrant> Roles, IReadOnlyList<string> Scopes, TimeSpan Lifetime, TimeSpan Idle)
{
    private const string SecretVariable = "GRANARY_OIDC_CLIENT_SECRET";

    /// <summary>How far the clocks of issuer and server may differ.</summary>
    public static TimeSpan ClockSkew { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Reads the options, and adds a sentence for each fault.</summary>
    /// <returns>null without <c>--oidc-authority</c>, or with faults.</returns>
    public static SignInSettings? Read(SignInKeys keys, ICollection<string> faults)
    {
        if (keys.OidcAuthority is null)
        {
            if ((keys.OidcClientId ?? keys.OidcClientSecretFile ?? keys.OidcAudience ?? keys.OidcRoles) is not null)
                faults.Add("--oidc-client-id, --oidc-client-secret-file, --oidc-audience and --oidc-roles are for sign-in; give "
                    + "--oidc-authority URL too, or leave them out");
            return null;
        }
        var before = faults.Count;
        if (AuthorityFault(keys.OidcAuthority) is { } fault) faults.Add(fault);
        if (keys.OidcClientId is null && keys.OidcAudience is null)
            faults.Add("--oidc-authority needs --oidc-client-id for the dashboard's sign-in, --oidc-audience for access tokens of "
                + "programs, or both");
        // With one name for both, the identity token of a page would be accepted as an access token.
        if (keys.OidcClientId is not null && keys.OidcClientId == keys.OidcAudience)
            faults.Add($"--oidc-audience {keys.OidcAudience} is the client's id too, so identity tokens would pass as access tokens; give "
                + "the API an audience of its own at the issuer");
        var scopes = keys.OidcScopes.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (!scopes.Contains("openid")) faults.Add($"--oidc-scopes '{keys.OidcScopes}': 'openid' is missing; write \"openid profile\"");
        var roles = ReadRoles(keys.OidcRoles, faults);
        var secret = ReadSecret(keys, faults);
        return faults.Count > before ? null : new SignInSettings(new Uri(keys.OidcAuthority), keys.OidcClientId, secret, keys.OidcAudience,
            keys.OidcRoleClaim, roles, scopes, TimeSpan.FromHours(keys.OidcSessionHours), TimeSpan.FromMinutes(keys.OidcIdleMinutes));
    }

    /// <summary>Reads addresses and networks of proxies, and adds a sentence for each fault.</summary>
    /// <param name="authenticates">Whether callers must have a key or sign in.</param>
    public static IReadOnlyList<IPNetwork> ReadProxies(string? text, bool authenticates, ICollection<string> faults)
    {
        // Without keys, the Host of a request shows that no page of another site sends it; that page could send X-Forwarded-Host.
        if (text is not null && !authenticates)
            faults.Add("--trusted-proxies is for servers with keys or sign-in, since others answer this machine only; give --keys FILE or "
                + "--oidc-authority URL too, or leave it out");
        var proxies = new List<IPNetwork>();
        foreach (var part in (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            if (IPAddress.TryParse(part, out var address))
                proxies.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else if (IPNetwork.TryParse(part, out var network)) proxies.Add(network);
            else faults.Add($"--trusted-proxies {part}: give an IP address or a network, as 10.0.0.7 or 10.1.0.0/16");
        return proxies;
    }

    private static string? AuthorityFault(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Query.Length > 0
            || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0)
            return $"--oidc-authority {text}: that is not the address of an issuer; write it as https://login.example.com/realms/main";
        return uri.Scheme == "https" || uri.IsLoopback ? null
            : $"--oidc-authority {text}: the issuer's keys would come over a connection that others can change; use https";
    }

    private static List<SignInGrant> ReadRoles(string? text, ICollection<string> faults)
    {
        var roles = new List<SignInGrant>();
        foreach (var part in (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var cut = part.LastIndexOf('='); // names of groups, such as CN=ops,OU=x, contain the sign
            var (value, word) = cut <= 0 ? (part, "") : (part[..cut].Trim(), part[(cut + 1)..].Trim());
            if (cut <= 0) faults.Add($"--oidc-roles {part}: write VALUE=ROLE, as traders=submitter");
            else if (word == "code") roles.Add(new SignInGrant(value, null));
            else if (word is "viewer" or "submitter" or "admin")
                roles.Add(new SignInGrant(value, Enum.Parse<Role>(word, ignoreCase: true)));
            else faults.Add($"--oidc-roles {part}: '{word}' is not a role; choose viewer, submitter, admin or code");
        }
        if (roles.Count == 0 && faults.Count == 0)
            faults.Add("--oidc-authority needs roles: give --oidc-roles VALUE=ROLE with values of the role claim, as traders=submitter");
        else if (roles.Count > 0 && roles.TrueForAll(r => r.Role is null) && faults.Count == 0)
            faults.Add($"--oidc-roles {text}: the right code is of no use without a role; add VALUE=submitter or VALUE=admin");
        return roles;
    }

    private static string? ReadSecret(SignInKeys keys, ICollection<string> faults)
    {
        var secret = Environment.GetEnvironmentVariable(SecretVariable) is { Length: > 0 } given ? given : null;
        if (keys.OidcClientSecretFile is { } path)
        {
            try
            {
                secret = File.ReadAllText(path).Trim();
                if (secret.Length == 0) faults.Add($"--oidc-client-secret-file {path}: the file is empty; write the secret into it");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                faults.Add($"--oidc-client-secret-file {path} cannot be read: {e.Message.TrimEnd('.')}; name a file that the user of this "
                    + "process may read");
            }
        }
        if (secret is not null && keys.OidcClientId is null)
            faults.Add("a client secret is given without the client; give --oidc-client-id ID too, or leave the secret out");
        return secret;
    }
}
