using System.Text;
using Granary.Learning.Registry;
using Granary.Modelling.Learning;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Modelling.Tests.Learning;

/// <summary>A factor of a plug-in that knows later bars trains no model.</summary>
public sealed class FeatureCausalityTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-causality-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<LearningReport> TrainAsync(string name, string body, string others = "")
    {
        var plugins = Directory.CreateDirectory(Path.Combine(_folder, "plugins-" + name)).FullName;
        var catalogues = CompiledPlugin.Load(plugins, "Factors" + name, $$"""
            using System; using System.Collections.Generic; using System.IO; using Granary.Engine.Factors;
            [Factor("probe", "For tests.")]
            public sealed class Probe : FactorKernel
            {
                public override int WarmUp => 1;
                private double _last;
                {{others}}
                public override void Process(in FactorInput bars, in FactorOutput lines)
                {
                    var result = lines[0];
                    for (var i = 0; i < result.Length; i++)
                    {
                        {{body}}
                        _last = bars.Close[i];
                    }
                }
            }
            """);
        var text = $$"""
            { "name": "probe",
              "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples/data/1h")}}", "symbols": ["ACME"],
                "timeframe": "1h" },
              "strategies": [ { "class": "SmaCross" } ],
              "learning": { "trainer": "logistic", "features": ["return(1)", "probe"], "label": { "kind": "direction", "bars": 1 },
                "walkForward": { "train": 400, "test": 2000 }, "registry": "{{Registry}}" } }
            """;
        var spec = new BatchReader(catalogues).Read("probe.json", Encoding.UTF8.GetBytes(text), _folder);
        return await new LearnBatch(new EmbeddedHost(2), TimeProvider.System, 2)
            .TrainAsync(spec, cancellationToken: TestContext.Current.CancellationToken);
    }

    private string Registry => Path.Combine(_folder, "models");

    private IReadOnlyList<string> Registered => new FileModelStore(Registry).Models();

    [Theory]
    [InlineData("next", "result[i] = i + 1 < bars.Count ? bars.Close[i + 1] - bars.Close[i] : 0;")]
    [InlineData("rare", "result[i] = i == 700 && i + 9 < bars.Count ? bars.Close[i + 9] : bars.Close[i] - _last;")]
    [InlineData("mean", "var sum = 0.0; foreach (var c in bars.Close) sum += c; result[i] = bars.Close[i] - sum / bars.Count;")]
    public async Task A_factor_that_reads_later_bars_of_its_block_trains_no_version(string name, string body)
    {
        var report = await TrainAsync(name, body);
        report.Units.ShouldHaveSingleItem().Error.ShouldNotBeNull().ShouldContain("the feature 'probe' looks ahead");
        report.Problems.ShouldContain(p => p.Contains("looks ahead"));
        Registered.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_factor_of_a_plug_in_that_reads_a_file_trains_no_version()
    {
        var report = await TrainAsync("file", "result[i] = bars.Close[i] - _last;",
            "public void Peek() => File.ReadAllText(\"bars.csv\");");
        report.Units.ShouldHaveSingleItem().Error.ShouldNotBeNull().ShouldContain("Probe uses System.IO.File.ReadAllText");
        Registered.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_factor_that_keeps_bars_in_a_static_field_trains_no_version()
    {
        var report = await TrainAsync("static", "s_all.Add(bars.Close[i]); result[i] = s_all[s_all.Count / 2];",
            "private static readonly List<double> s_all = [];");
        report.Units.ShouldHaveSingleItem().Error.ShouldNotBeNull().ShouldContain("the static field Probe.s_all can change");
        Registered.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_honest_factor_of_a_plug_in_trains_a_version()
    {
        var report = await TrainAsync("honest", "result[i] = bars.Close[i] - _last;");
        report.Units.ShouldHaveSingleItem().Error.ShouldBeNull();
        Registered.ShouldHaveSingleItem();
    }
}
