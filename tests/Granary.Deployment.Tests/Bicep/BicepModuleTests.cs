using System.Text.Json.Nodes;

namespace Granary.Deployment.Tests.Bicep;

/// <summary>Every module against Bicep's compiler, which knows Azure's types, and its linter.</summary>
public class BicepModuleTests
{
    /// <summary>Faults that the compiler must report: file, right text, wrong text, part of the report.</summary>
    private static readonly (string File, string Right, string Wrong, string Report)[] s_slips =
    [
        ("modules/silo.bicep", "targetPort: httpPort", "targetProt: httpPort", "\"targetProt\" is not allowed"),
        ("modules/silo.bicep", "            external: false\n            targetPort: siloPort\n", "            external: false\n",
            "missing the following required properties: \"targetPort\""),
        ("modules/silo.bicep", "failureThreshold: 60", "failureThreshold: '60'", "expected a value of type \"int | null\""),
        ("modules/silo.bicep", "allowInsecure: false", "allowInsecure: 0", "expected a value of type \"bool | null\""),
        ("modules/silo.bicep", "containerApps@2025-07-01", "containerApps@2025-07-02", "does not have types available"),
        ("modules/silo.bicep", "value: clusterId", "value: clusterID", "\"clusterID\" does not exist"),
        ("modules/silo.bicep", "configuration.ingress.fqdn", "configuration.ingress.fdqn", "does not contain property \"fdqn\""),
        ("modules/silo.bicep", "{ secretRef: 'keys', path: 'keys.json' }", "{ secret: 'keys', path: 'keys.json' }",
            "\"secret\" is not allowed"),
        ("modules/vault.bicep", "name: 'standard'", "name: 'cheap'", "expected a value of type \"'premium' | 'standard'\""),
        ("modules/vault.bicep", "    enableSoftDelete: true\n", "    enableSoftDelete: true\n    hsmPoolResourceId: 'x'\n",
            "\"hsmPoolResourceId\" is read-only"),
        ("modules/vault.bicep", "    tenantId: subscription().tenantId\n", "",
            "missing the following required properties: \"tenantId\""),
        ("modules/database.bicep", "storageSizeGB: 64", "storageSizeGB: owner", "expected a value of type \"int | null\""),
        ("main.bicep", "    clusterId: clusterId\n    vaultName", "    vaultName",
            "missing the following required properties: \"clusterId\""),
        ("main.bicep", "minSilos: minSilos", "minSilos: 'two'", "\"minSilos\" expected a value of type \"int\""),
        ("main.bicep", "identity.outputs.principalId", "identity.outputs.principal", "does not contain property \"principal\""),
        ("main.bicep", "    apiKeys: apiKeys\n", "    apiKey: apiKeys\n", "\"apiKey\" is not allowed"),
        ("main.bicep", "password: databasePassword", "password: databasePassword\n    unused: 1", "\"unused\" is not allowed"),
        ("main.bicep", "params: {", "params = {", "Expected the \":\" character"),
        ("main.bicep", "var clusterId = name", "var clusterId = name\nparam unused string", "\"unused\" is declared but never used"),
        ("modules/database.bicep", "param password string", "param password string = 'swordfish'", "secure-parameter-default"),
        ("modules/database.bicep", "@secure()\n", "", "secure-secrets-in-params"),
        ("modules/database.bicep", "output ", "output leak string = password\noutput ", "outputs-should-not-contain-secrets"),
        ("modules/streams.bicep", "output brokers", "output leak string = silos.listKeys().primaryKey\noutput brokers",
            "outputs-should-not-contain-secrets"),
    ];

    [BicepFact]
    public async Task The_compiler_reports_nothing_about_any_module()
    {
        BicepCopy.Files.Count.ShouldBe(8);
        using var copy = new BicepCopy().Add();
        (await copy.LintAsync()).ShouldBeEmpty();
    }

    [BicepFact]
    public async Task The_compiler_reports_each_slip()
    {
        using var copy = new BicepCopy();
        foreach (var (i, slip) in s_slips.Index()) copy.Add($"{i}").Change(slip.File, slip.Right, slip.Wrong, $"{i}");
        var reports = await copy.LintAsync();
        s_slips.Index().Where(s => !reports.Any(r => r.StartsWith($"{s.Index}/{s.Item.File}(", StringComparison.Ordinal)
            && r.Contains(s.Item.Report, StringComparison.Ordinal))).Select(s => s.Item).ShouldBeEmpty(string.Join('\n', reports));
    }

    [BicepFact]
    public async Task Passwords_and_keys_are_secrets_without_a_default_that_go_to_secret_parameters_only()
    {
        using var copy = new BicepCopy().Add();
        var template = await copy.TemplateAsync("main.bicep");
        var secrets = template["parameters"]!.AsObject().Where(p => IsSecret(p.Value)).ToList();
        secrets.Select(s => s.Key).ShouldBe(["dataAccountKey", "databasePassword", "apiKeys"], ignoreOrder: true);
        secrets.ShouldAllBe(s => !s.Value!.AsObject().ContainsKey("defaultValue"));
        LeaksIn(template).ShouldBeEmpty();
    }

    [BicepFact]
    public async Task The_example_gives_every_parameter_that_has_no_default_and_takes_secrets_from_the_environment()
    {
        using var copy = new BicepCopy().Add();
        var asked = (await copy.TemplateAsync("main.bicep"))["parameters"]!.AsObject();
        var secrets = new Dictionary<string, string>
        {
            ["GRANARY_DATABASE_PASSWORD"] = "a password of the database",
            ["GRANARY_DATA_ACCOUNT_KEY"] = "key",
            ["GRANARY_API_KEYS"] = "[]",
        };
        var given = await copy.ExampleAsync(secrets);
        asked.Where(p => !p.Value!.AsObject().ContainsKey("defaultValue")).Select(p => p.Key).Except(given.Select(p => p.Key))
            .ShouldBeEmpty();
        given.Where(p => IsSecret(asked[p.Key])).Select(p => p.Value!["value"]!.ToString()).ShouldBe(secrets.Values, ignoreOrder: true);
    }

    [BicepFact]
    public async Task A_finding_of_the_linter_is_an_error()
    {
        using var copy = new BicepCopy().Add().Change("main.bicep", "var clusterId = name", "var clusterId = name\nvar unused = name");
        (await copy.LintAsync()).ShouldContain(l => l.Contains(": Error no-unused-vars", StringComparison.Ordinal));
    }

    /// <summary>The compiler does not see this one.</summary>
    [BicepFact]
    public async Task A_secret_that_goes_to_another_parameter_is_seen()
    {
        using var copy = new BicepCopy().Add().Change("main.bicep", "dnsZoneId: databaseDnsZoneId", "dnsZoneId: databasePassword");
        LeaksIn(await copy.TemplateAsync("main.bicep")).ShouldHaveSingleItem().ShouldContain("databasePassword");
    }

    private static bool IsSecret(JsonNode? parameter) => parameter!["type"]!.ToString() == "securestring";

    private static List<string> LeaksIn(JsonObject template) =>
        [.. from module in template["resources"]!.AsArray()
            from given in module!["properties"]!["parameters"]!.AsObject()
            where !IsSecret(module["properties"]!["template"]!["parameters"]![given.Key])
            from own in template["parameters"]!.AsObject()
            where IsSecret(own.Value) && given.Value!.ToJsonString().Replace("\\u0027", "'").Contains($"parameters('{own.Key}')")
            select $"{own.Key} goes to {given.Key} of {module["name"]}"];
}
