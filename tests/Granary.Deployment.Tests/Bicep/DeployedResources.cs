using System.Text.Json.Nodes;
using Granary.Deployment.Tests.Running;
using Granary.Silo.Options;

namespace Granary.Deployment.Tests.Bicep;

/// <summary>The resources that bicep/main.bicep makes, by the compiler's forecast. It is made once for all tests of a class.</summary>
public sealed class DeployedResources
{
    private const string Parameters = """
        param registryName = 'registry'
        param image = 'granary-silo:1.2.3'
        param appsSubnetId = 'apps'
        param databaseSubnetId = 'database'
        param databaseDnsZoneId = 'zone'
        param dataAccountName = 'account'
        param dataShareName = 'bars'
        param runsShareName = 'results'
        param dataAccountKey = 'key'
        param databasePassword = 'a password of the database'
        param apiKeys = '[]'
        param external = true
        param otlpEndpoint = 'http://collector:4317'
        """;

    private readonly Lazy<Task<IReadOnlyList<JsonObject>>> _all = new(ForecastAsync);

    internal Task<IReadOnlyList<JsonObject>> AllAsync() => _all.Value;

    internal async Task<JsonObject> SingleAsync(string type) => (await AllAsync()).Single(r => r["type"]!.ToString() == type);

    internal async Task<JsonNode> AppAsync() => (await SingleAsync("Microsoft.App/containerApps"))["properties"]!;

    internal async Task<JsonNode> ContainerAsync() =>
        (await AppAsync())["template"]!["containers"]!.AsArray().ShouldHaveSingleItem()!;

    /// <summary>The silo's variables; "secret:NAME" for the value of a secret.</summary>
    internal async Task<Dictionary<string, string>> EnvironmentAsync() => (await ContainerAsync())["env"]!.AsArray()
        .ToDictionary(v => v!["name"]!.ToString(), v => v!["value"]?.ToString() ?? "secret:" + v["secretRef"]);

    internal async Task<SiloSettings> SettingsAsync()
    {
        var environment = await EnvironmentAsync();
        environment["GRANARY_CONNECTION"].ShouldBe("secret:connection");
        environment["GRANARY_CONNECTION"] = "Host=db";
        return SiloEnvironment.Read(environment);
    }

    private static async Task<IReadOnlyList<JsonObject>> ForecastAsync()
    {
        using var copy = new BicepCopy().Add();
        var forecast = await copy.ForecastAsync("main.bicep", Parameters);
        forecast["diagnostics"]!.AsArray().ShouldBeEmpty();
        return [.. forecast["predictedResources"]!.AsArray().Select(r => r!.AsObject())];
    }
}
