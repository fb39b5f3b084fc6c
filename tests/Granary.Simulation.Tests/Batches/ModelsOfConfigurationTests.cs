using System.Text;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Testing;

namespace Granary.Simulation.Tests.Batches;

public sealed class ModelsOfConfigurationTests
{
    private const string Good = """
        { "models": { "m:1": { "model": "m", "version": 1, "registry": "models", "features": ["roc(5)"], "meaning": "probabilityOfRise",
            "rule": { "rule": "gate", "buyAbove": 0.7, "sellBelow": 0.3 } } } }
        """;

    [Theory]
    [InlineData("\"rule\": \"gate\", ", "", "'rule'")]
    [InlineData("\"gate\"", "\"gates\"", "'m:1.rule")]
    [InlineData("probabilityOfRise", "probability", "'m:1.meaning'")]
    [InlineData("\"version\": 1, ", "", "'m:1'")]
    public void A_wrong_field_of_a_model_is_named(string text, string other, string named)
    {
        Read(Good).ShouldHaveSingleItem().Rule.Name.ShouldBe("gate");
        var fault = Should.Throw<InputException>(() => Read(Good.Replace(text, other, StringComparison.Ordinal)));
        fault.Message.ShouldStartWith($"prod.json, line 1, models: {named}");
        fault.Message.ShouldEndWith("is not what a backtest writes; run its batch again to write the configuration");
    }

    private static IReadOnlyCollection<ModelReference> Read(string text) =>
        new ProductionReader(TestCatalogues.All).ModelsOf("prod.json", Encoding.UTF8.GetBytes(text), ".");
}
