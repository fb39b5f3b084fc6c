namespace Granary.Api.Tests.SignIn;

public sealed class SignInSettingsTests
{
    private static readonly SignInKeys s_good = new()
    {
        OidcAuthority = "https://login.example.com/realms/main",
        OidcClientId = "granary",
        OidcRoles = "traders=submitter",
    };

    private static IReadOnlyList<string> FaultsOf(SignInKeys keys)
    {
        var faults = new List<string>();
        (SignInSettings.Read(keys, faults) is null).ShouldBe(faults.Count > 0 || keys.OidcAuthority is null);
        return faults;
    }

    [Fact]
    public void Each_wrong_option_is_refused_with_one_sentence_that_names_it_and_the_remedy()
    {
        FaultsOf(s_good).ShouldBeEmpty();
        FaultsOf(new()).ShouldBeEmpty();
        FaultsOf(s_good with { OidcAuthority = null }).Single().ShouldContain("give --oidc-authority URL too");
        FaultsOf(s_good with { OidcAuthority = "http://login.example.com" }).Single().ShouldContain("use https");
        FaultsOf(s_good with { OidcAuthority = "http://127.0.0.1:8081" }).ShouldBeEmpty();
        foreach (var wrong in (string[])["login.example.com", "ftp://x", "https://x?y=1", "https://me:secret@x", ""])
            FaultsOf(s_good with { OidcAuthority = wrong }).Single().ShouldContain("is not the address of an issuer");
        FaultsOf(s_good with { OidcClientId = null }).Single().ShouldContain("--oidc-audience");
        FaultsOf(s_good with { OidcAudience = "granary" }).Single().ShouldContain("identity tokens would pass as access tokens");
        FaultsOf(s_good with { OidcRoles = null }).Single().ShouldContain("give --oidc-roles VALUE=ROLE");
        FaultsOf(s_good with { OidcRoles = "traders=trader" }).Single().ShouldContain("'trader' is not a role");
        FaultsOf(s_good with { OidcRoles = "traders" }).Single().ShouldContain("write VALUE=ROLE");
        FaultsOf(s_good with { OidcRoles = "=viewer" }).Single().ShouldContain("write VALUE=ROLE");
        FaultsOf(s_good with { OidcRoles = "coders=code" }).Single().ShouldContain("of no use without a role");
        FaultsOf(s_good with { OidcScopes = "profile" }).Single().ShouldContain("'openid' is missing");
        FaultsOf(s_good with { OidcClientSecretFile = "/no/such/file" }).Single().ShouldContain("cannot be read");
        FaultsOf(s_good with { OidcRoles = "CN=ops,OU=x=admin" }).ShouldBeEmpty();
    }

    [Fact]
    public void Proxies_are_addresses_or_networks()
    {
        var faults = new List<string>();
        SignInSettings.ReadProxies("10.0.0.7; 10.1.0.0/16;::1", true, faults).Select(p => p.ToString())
            .ShouldBe(["10.0.0.7/32", "10.1.0.0/16", "::1/128"]);
        faults.ShouldBeEmpty();
        SignInSettings.ReadProxies("proxy.local;10.1.0.0/33", true, faults);
        faults.Count.ShouldBe(2);
        faults[0].ShouldContain("give an IP address or a network");
        SignInSettings.ReadProxies(null, false, faults).ShouldBeEmpty();
        faults.Count.ShouldBe(2);
        SignInSettings.ReadProxies("127.0.0.1", false, faults);
        faults[2].ShouldContain("give --keys FILE or --oidc-authority URL too");
    }
}
