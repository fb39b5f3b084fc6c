using System.Text;
using System.Text.Json;
using Granary.Backtesting.Screening;
using Granary.Engine;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Screening;

public sealed class FeatureLabTests : IDisposable
{
    private const int Bars = 3_000;

    // Without the factors of these tests, some of which look ahead.
    private static readonly GranaryCatalogues Known = GranaryCataloguesBuilder.CreateDefault().Build();

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-features").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string symbol, double momentum, long seed, int mirrored = Bars) =>
        MomentumMarket.Write(_folder, symbol, momentum, seed, Bars, mirrored);

    private Task<FeatureStudies> StudyAsync(FeatureLabOptions options, int threads = 2, string label = "direction",
        string symbols = "\"*\"")
    {
        var batch = $$"""
            { "name": "screened", "data": { "source": "csv:.", "symbols": {{symbols}}, "timeframe": "1h" },
              "strategies": [{ "class": "SmaCross", "params": { "fast": 3, "slow": 6 }, "sides": "both", "size": { "cash": 1000 } }],
              "learning": { "trainer": "logistic", "features": ["return(1)", "rsi(14)", "sma(20)/close"],
                "label": { "kind": "{{label}}"{{(label == "trade" ? "" : ", \"bars\": 2")}} } } }
            """;
        var spec = new BatchReader(Known).Read("batch.json", Encoding.UTF8.GetBytes(batch), _folder);
        return new FeatureLab(new EmbeddedHost(threads), threads).RunAsync(spec, options, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_market_that_goes_on_as_it_went_has_relevant_features_and_a_random_walk_has_none()
    {
        Write("MOM", 0.5, 3);
        Write("WALK", 0, 4);
        var studies = await StudyAsync(new FeatureLabOptions { Generate = true });
        studies.Studies.Select(s => s.Data).ShouldBe(["MOM:1h", "WALK:1h"]);
        studies.Studies[0].Features.Single(f => f.Name == "return(1)").IsRelevant.ShouldBeTrue();
        studies.Studies[0].Chosen.ShouldNotBeEmpty();
        studies.Studies[1].Features.ShouldAllBe(f => !f.IsRelevant);
        studies.Studies[1].Features.Count.ShouldBeGreaterThan(500);
        studies.Tested.ShouldBe(studies.Studies.Sum(s => s.Features.Count));
    }

    [Fact]
    public async Task Bars_behind_the_share_change_nothing()
    {
        Write("MOM", 0.5, 3);
        var before = await StudyAsync(new FeatureLabOptions { Generate = true });
        Write("MOM", 0.5, 3, mirrored: Bars * 2 / 5);
        var after = await StudyAsync(new FeatureLabOptions { Generate = true });
        JsonSerializer.Serialize(after).ShouldBe(JsonSerializer.Serialize(before));
    }

    [Fact]
    public async Task The_study_is_the_same_on_any_number_of_threads()
    {
        Write("MOM", 0.3, 5);
        JsonSerializer.Serialize(await StudyAsync(new FeatureLabOptions(), threads: 4))
            .ShouldBe(JsonSerializer.Serialize(await StudyAsync(new FeatureLabOptions(), threads: 1)));
    }

    [Fact]
    public async Task Trades_of_a_strategy_are_labels_too()
    {
        Write("MOM", 0.5, 3);
        var study = (await StudyAsync(new FeatureLabOptions(), label: "trade")).Studies.Single();
        study.Data.ShouldBe("SmaCross(fast=3,slow=6)@MOM:1h");
        study.Samples.ShouldBeGreaterThan(50);
        study.Ones.ShouldNotBeNull().ShouldBeInRange(0.05, 0.95);
    }

    [Fact]
    public async Task Features_that_read_another_symbol_are_generated_and_found_and_are_as_many_as_is_said()
    {
        LeadingMarket.Write(_folder, Bars);
        foreach (var i in Enumerable.Range(1, FeatureLabOptions.MostReferences)) MomentumMarket.Write(_folder, $"WALK{i}", 0, i, 500);
        string[] named = ["FOLLOW", "LEAD"];
        var options = new FeatureLabOptions { Strategies = 1, Generate = true, References = named };
        var study = (await StudyAsync(options)).Studies.Single();
        study.Data.ShouldBe("FOLLOW:1h");
        study.References.ShouldBe(["LEAD"]);
        study.ReferenceSentence.ShouldBe("Generated features read the closes of LEAD: 1 of 6 other symbols; --references names others.");
        study.Features.Count(f => f.Name.Contains("(LEAD", StringComparison.Ordinal)).ShouldBe(96);
        study.Features.ShouldContain(f => f.Name == "correlation(LEAD,20,returns)[5]");
        study.Chosen[0].ShouldBe("return-of(LEAD,1)");

        var first = (await StudyAsync(options with { References = null })).Studies.Single();
        first.References.ShouldBe(["LEAD", "WALK1", "WALK2", "WALK3", "WALK4"]);
        (await StudyAsync(options with { References = [] })).Studies.Single().Features
            .ShouldAllBe(f => !f.Name.Contains("LEAD", StringComparison.Ordinal));
        (await Should.ThrowAsync<InputException>(() => StudyAsync(options with { References = ["LEED"] }))).Message
            .ShouldBe("--references: 'LEED' is not among the data section's symbols; did you mean 'LEAD'?");
        (await Should.ThrowAsync<InputException>(() => StudyAsync(options with { Generate = false }))).Message
            .ShouldBe("--references names the symbols that generated features read; add --generate, or leave it out");
    }

    [Fact]
    public async Task A_wrong_option_is_one_sentence()
    {
        Write("MOM", 0.5, 3);
        (await Should.ThrowAsync<InputException>(() => StudyAsync(new FeatureLabOptions { Level = 0 }))).Message
            .ShouldBe("--level 0: the share of false findings is between 0 and 1, such as 0.05");
        (await Should.ThrowAsync<InputException>(() => StudyAsync(new FeatureLabOptions { Share = 1.5 }))).Message
            .ShouldBe("--share 1.5: the part of the bars to look at is above 0 and at most 1, such as 0.4");
        var study = (await StudyAsync(new FeatureLabOptions { Share = 0.005 })).Studies.Single();
        study.Error.ShouldNotBeNull().ShouldContain("a test needs 20: give more bars or a larger --share");
    }
}
