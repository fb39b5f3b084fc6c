using System.Globalization;
using System.Text.Json;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>The changes that <c>drift</c> finds are those of ADWIN over plain lists, by which the changes of a model's error are
/// recomputed.</summary>
public sealed class DriftTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Changes_of_an_error_are_found_in_the_same_rows(int seed)
    {
        var random = new Random(seed);
        var start = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        // Three levels of the error, each over 700 predictions.
        List<ModelSample> samples = [.. Enumerable.Range(0, 2100).Select(i =>
            new ModelSample(1, true, start.AddHours(i), start.AddHours(i + 1),
            0.8, random.NextDouble() < (i / 700 == 1 ? 0.25 : 0.75) ? 1 : 0))];
        using var folder = new TemporaryFolder();
        var file = folder.Write("errors.csv", "error\n" + string.Concat(samples.Select(s =>
            Math.Pow(s.Prediction - s.Label, 2).ToString("R", CultureInfo.InvariantCulture) + "\n")));
        var found = JsonDocument.Parse(await GranaryCommand.RunAsync("drift", file, "--column", "error", "--detector", "adwin", "--json"))
            .RootElement.GetProperty("drifts").EnumerateArray().Select(d => samples[d.GetInt32()].LabelTime).ToList();
        var expected = ErrorChange.Of(samples);
        expected.Count.ShouldBeGreaterThanOrEqualTo(2);
        found.ShouldBe(expected.Select(c => c.Noticed));
    }
}
