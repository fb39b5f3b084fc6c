using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.Tables;
using Granary.Testing;

namespace Granary.Simulation.Tests.Batches;

public sealed class WeightsOfAFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-weights-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private const string Fast = "SmaCross(fast=5,slow=20)@COINUSDT:1h";

    private const string Batch = """
        { // a comment, and a byte order mark before it
          "name": "file", "data": { "source": "csv:.", "symbols": ["COINUSDT"], "timeframe": "1h", },
          "strategies": [ { "class": "SmaCross", "params": { "fast": [5, 10], "slow": 20 } } ],
          "portfolio": { "limits": { "maxPositions": 3 }, "weights": "csv:mine.csv" },
          "seed": 7
        }
        """;

    private BatchSpec Read(string? weights, string batch = Batch)
    {
        if (weights is not null) File.WriteAllText(Path.Combine(_folder, "mine.csv"), weights);
        var path = Path.Combine(_folder, "batch.json");
        File.WriteAllText(path, batch, new System.Text.UTF8Encoding(true));
        return new BatchReader(TestCatalogues.All).Read(path);
    }

    [Theory]
    [InlineData("strategy,weight\n\"{0}\",0.4\n", 0.4)]
    [InlineData("note;Weight;Strategy\r\nmine; 1 ;\"{0}\"\r\n", 1.0)]
    [InlineData("strategy\tweight\n{0}\t0\n", 0.0)]
    public void A_batch_takes_its_weights_from_a_csv(string table, double weight)
    {
        var spec = Read(string.Format(System.Globalization.CultureInfo.InvariantCulture, table, Fast));
        spec.Portfolio.FixedWeights.ShouldBe(new Dictionary<string, double> { [Fast] = weight });
        (spec.Portfolio.Rule, spec.Seed).ShouldBe((null, 7ul));
        spec.Portfolio.Limits.Rules.ShouldHaveSingleItem().Create().ShouldBeOfType<Engine.Portfolio.Rules.PositionLimit>().MaxPositions
            .ShouldBe(3);
        // The text that manifests keep and servers get has the weights, so the file is needed no more.
        File.Delete(Path.Combine(_folder, "mine.csv"));
        new BatchReader(TestCatalogues.All).Read("batch.json", spec.Text,
            _folder).Portfolio.FixedWeights.ShouldBe(spec.Portfolio.FixedWeights);
    }

    [Theory]
    [InlineData("", "is empty; its first line has to be: strategy,weight")]
    [InlineData("id,weight\nA,1\n", "line 1: there is no column 'strategy'")]
    [InlineData("strategy,weight\n", "has no weights")]
    [InlineData("strategy,weight\nA,1\nB,-1\n", "line 3, weight: '-1' is not a weight")]
    [InlineData("strategy,weight\nA,NaN\n", "line 2, weight: 'NaN' is not a weight")]
    [InlineData("strategy,weight\nA,1\nA,2\n", "line 3, strategy: 'A' is there twice")]
    [InlineData("strategy,weight\nSmaCross(fast=5,slow=20)@X:1h,1\n", "line 2: the line has 3 fields and the header 2; put ids")]
    public void A_wrong_table_of_weights_is_refused_with_its_line(string table, string sentence) =>
        Should.Throw<InputException>(() => WeightsCsv.Read("mine.csv", new StringReader(table))).Message.ShouldContain(sentence);

    [Fact]
    public void A_missing_file_is_named()
    {
        var message = Should.Throw<InputException>(() => Read(null)).Message;
        message.ShouldContain(Path.Combine(_folder, "mine.csv"));
        message.ShouldContain("give a CSV with the columns strategy and weight");
    }

    [Fact]
    public void A_server_does_not_open_a_file_that_a_batch_names() =>
        Should.Throw<InputException>(() => new BatchReader(TestCatalogues.All).Read("batch.json", System.Text.Encoding.UTF8.GetBytes(Batch),
            _folder)).Message.ShouldContain("line 4, portfolio.weights: only the command line reads a file of weights");

    [Fact]
    public void A_fault_behind_the_weights_keeps_its_line() =>
        Should.Throw<InputException>(() => Read("strategy,weight\nA,1\n", Batch.Replace("\"seed\": 7", "\"seed\": \"x\"",
            StringComparison.Ordinal))).Message.ShouldContain("line 5, seed");
}
