using Granary.Testing;

namespace Granary.Deployment.Tests.Bicep;

/// <summary>Every module, parsed with a real grammar and checked against Azure's published types.</summary>
public class BicepModuleTests(BicepFiles bicep)
{
    private static string Folder => Path.Combine(SharedData.RepositoryRoot, "bicep");

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Folder, "*.bicep", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder, f))
            .Order(StringComparer.Ordinal)];

    private async Task<IReadOnlyList<string>> CheckAsync(string path, string? text = null)
    {
        var schemas = SharedData.Require("schemas/azure");
        var source = Path.Combine(Folder, path);
        if (text is not null)
        {
            source = Path.GetTempFileName();
            await File.WriteAllTextAsync(source, text);
        }
        try
        {
            return await new BicepChecker(await bicep.ParseAsync(source), schemas,
                module => bicep.ParseAsync(Path.Combine(Folder, Path.GetDirectoryName(path)!, module))).CheckAsync();
        }
        finally
        {
            if (text is not null) File.Delete(source);
        }
    }

    [SharedTheory, MemberData(nameof(Files))]
    public async Task Its_resources_have_only_properties_that_Azure_knows_and_all_that_it_requires(string path) =>
        (await CheckAsync(path)).ShouldBeEmpty();

    /// <summary>The check itself: each of these slips must be seen.</summary>
    [SharedTheory]
    [InlineData("modules/silo.bicep", "targetPort: httpPort", "targetProt: httpPort", "there is no property 'targetProt'")]
    [InlineData("modules/silo.bicep", "            external: false\n            targetPort: siloPort\n", "            external: false\n",
        "'targetPort' is required")]
    [InlineData("modules/silo.bicep", "failureThreshold: 60", "failureThreshold: '60'", "is not IntegerType")]
    [InlineData("modules/silo.bicep", "allowInsecure: false", "allowInsecure: 0", "is not BooleanType")]
    [InlineData("modules/silo.bicep", "containerApps@2025-07-01", "containerApps@2025-07-02", "there is no resource type")]
    [InlineData("modules/silo.bicep", "value: clusterId", "value: clusterID", "there is no declaration of 'clusterID'")]
    [InlineData("modules/silo.bicep", "configuration.ingress.fqdn", "configuration.ingress.fdqn",
        "has no properties.configuration.ingress.fdqn")]
    [InlineData("modules/silo.bicep", "{ secretRef: 'keys', path: 'keys.json' }", "{ secret: 'keys', path: 'keys.json' }",
        "there is no property 'secret'")]
    [InlineData("modules/vault.bicep", "name: 'standard'", "name: 'cheap'", "is none of 'standard', 'premium'")]
    [InlineData("modules/vault.bicep", "    enableSoftDelete: true\n", "    enableSoftDelete: true\n    hsmPoolResourceId: 'x'\n",
        "Azure sets it")]
    [InlineData("modules/vault.bicep", "    tenantId: subscription().tenantId\n", "", "'tenantId' is required")]
    [InlineData("modules/database.bicep", "storageSizeGB: 64", "storageSizeGB: owner", "is not IntegerType")]
    [InlineData("main.bicep", "    clusterId: clusterId\n    vaultName", "    vaultName", "needs 'clusterId'")]
    [InlineData("main.bicep", "minSilos: minSilos", "minSilos: 'two'", "'minSilos' is int, not string")]
    [InlineData("main.bicep", "identity.outputs.principalId", "identity.outputs.principal", "has no output 'principal'")]
    [InlineData("main.bicep", "    apiKeys: apiKeys\n", "    apiKey: apiKeys\n", "has no parameter 'apiKey'")]
    [InlineData("main.bicep", "password: databasePassword", "password: databasePassword\n    unused: 1", "has no parameter 'unused'")]
    [InlineData("main.bicep", "dnsZoneId: databaseDnsZoneId", "dnsZoneId: databasePassword", "is a secret")]
    public async Task A_slip_is_seen(string path, string right, string wrong, string fault)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, path));
        text.ShouldContain(right, Case.Sensitive);
        (await CheckAsync(path,
            text.Replace(right, wrong, StringComparison.Ordinal))).ShouldContain(f => f.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_is_not_bicep_is_refused()
    {
        var right = Path.Combine(Folder, "main.bicep");
        await bicep.ParseAsync(right); // Skips here, outside of the assertion, where the grammar cannot be installed.
        var wrong = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(wrong,
                (await File.ReadAllTextAsync(right)).Replace("params: {", "params = {", StringComparison.Ordinal));
            (await Should.ThrowAsync<FormatException>(() => bicep.ParseAsync(wrong))).Message.ShouldContain("not Bicep");
        }
        finally
        {
            File.Delete(wrong);
        }
    }

    [Theory, MemberData(nameof(Files))]
    public async Task No_secret_has_a_default_or_leaves_as_an_output(string path)
    {
        var file = await bicep.ParseAsync(Path.Combine(Folder, path));
        foreach (var (name, parameter) in file.Parameters.Where(p => BicepFile.IsSecure(file, p.Value)))
        {
            BicepFile.IsRequired(parameter).ShouldBeTrue($"{path}: {name} has a default");
            file.Outputs.Values.ShouldAllBe(o => !o.All.Any(n => n.Kind == "identifier" && n.Text == name), $"{path}: {name} is put out");
        }
        foreach (var (name, output) in file.Outputs) output.Text.ShouldNotContain("listKeys", Case.Insensitive, $"{path}: {name}");
        foreach (var parameter in file.Parameters.Where(p => p.Key.Contains("password", StringComparison.OrdinalIgnoreCase)
            || p.Key.EndsWith("Key", StringComparison.Ordinal) || p.Key == "apiKeys"))
            BicepFile.IsSecure(file, parameter.Value).ShouldBeTrue($"{path}: {parameter.Key} is not marked as a secret");
    }
}
