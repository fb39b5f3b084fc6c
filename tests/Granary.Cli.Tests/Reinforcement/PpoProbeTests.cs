using System.Text;
using System.Text.Json;
using Granary.Cli.Reinforcement;
using Granary.Engine;
using Granary.Testing;

namespace Granary.Cli.Tests.Reinforcement;

public class PpoProbeTests
{
    private static string Data(string name) => Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "reinforcement", name);

    // The expected figures are of tests/Shared/oracles/reinforcement/probe.py, whose gradient is by central differences.
    [Theory]
    [InlineData("gaussian")]
    [InlineData("categorical")]
    public void An_update_agrees_with_one_in_plain_Python(string kind)
    {
        var result = JsonDocument.Parse(PpoProbe.Run("update", File.ReadAllBytes(Data($"update-{kind}.json")))).RootElement;
        var expected = JsonDocument.Parse(File.ReadAllBytes(Data($"expected-{kind}.json"))).RootElement;
        foreach (var part in expected.EnumerateObject()) Agree(result.GetProperty(part.Name), part.Value, part.Name);
    }

    private static void Agree(JsonElement actual, JsonElement expected, string place)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var part in expected.EnumerateObject()) Agree(actual.GetProperty(part.Name), part.Value, $"{place}.{part.Name}");
                break;
            case JsonValueKind.Array:
                actual.GetArrayLength().ShouldBe(expected.GetArrayLength(), place);
                for (var i = 0; i < expected.GetArrayLength(); i++) Agree(actual[i], expected[i], $"{place}[{i}]");
                break;
            case JsonValueKind.Number:
                actual.GetDouble().ShouldBe(expected.GetDouble(), 1e-8, place);
                break;
            default:
                actual.GetString().ShouldBe(expected.GetString(), place);
                break;
        }
    }

    [Theory]
    [InlineData("\"gamma\": 0.97", "\"gama\": 0.97", "update, line 1, gama: there is no key 'gama'; did you mean 'gamma'?")]
    [InlineData("\"gamma\": 0.97", "\"gamma\": 1.5", "update, line 1, gamma: 1.5 is out of range")]
    [InlineData("\"lastValues\": [", "\"lastValues\": [1, ", "update, line 1, lastValues: the list has 4 items, 3 are needed")]
    public void A_wrong_update_is_answered_with_the_place(string part, string instead, string sentence)
    {
        var text = File.ReadAllText(Data("update-gaussian.json")).Replace(part, instead, StringComparison.Ordinal);
        Should.Throw<InputException>(() => PpoProbe.Run("update", Encoding.UTF8.GetBytes(text))).Message.ShouldStartWith(sentence);
    }
}
