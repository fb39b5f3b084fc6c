using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Tests.Synthetic;

/// <summary>The sections of a synthetic run: checks, regimes, a walk-forward, weights and models.</summary>
internal static class SyntheticResults
{
    /// <summary>Weight rules of which several have the same last weights, and one has none.</summary>
    public static AllocationResults Allocations { get; } = new()
    {
        Chosen = "risk-parity",
        Strategies = 3,
        EveryDays = 91,
        WindowDays = 364,
        Choices = 6,
        From = new DateTime(2012, 12, 24).Ticks,
        To = new DateTime(2014, 6, 2).Ticks,
        Periods = 75,
        PeriodDays = 7,
        Samples = 1999,
        Rules =
        [
            new AllocationRow("equal", 0.08, 0.12, 0.7, 0.1, 0, 1, 3),
            new AllocationRow("winners", -0.02, 0.2, -0.05, 0.3, 3.25, 0.8, 1.5)
                { Difference = -0.75, StandardError = 0.41, PValue = 0.0725, Adjusted = 0.145 },
            new AllocationRow("maximum-sharpe", 0, 0, double.NaN, 0, 0, 0, 0)
                { Difference = double.NaN, StandardError = double.NaN, PValue = double.NaN },
            new AllocationRow("risk-parity", 0.11, 0.09, 1.2, 0.06, 0.4, 1, 3)
                { Difference = 0.5, StandardError = 0.22, PValue = 0.0305, Adjusted = 0.0915 },
        ],
        Risk = new AllocationRisk(new DateTime(2013, 3, 25).Ticks, new DateTime(2014, 3, 24).Ticks, 0.125)
        {
            Frontier = [new RiskPoint(0.04, 0.07), new RiskPoint(0.08, 0.09), new RiskPoint(0.12, 0.15), new RiskPoint(0.2, 0.3)],
            Strategies = [new NamedRisk("A@NVDA:1d", 0.2, 0.3), new NamedRisk("B@NVDA:1d", -0.05, 0.12),
                new NamedRisk("C@ORCL:1d", 0.03, 0.1)],
            Rules = [new NamedRisk("equal", 0.06, 0.11), new NamedRisk("winners", 0.06, 0.11), new NamedRisk("maximum-sharpe", 0, 0),
                new NamedRisk("risk-parity", 0.05, 0.075)],
            Rule = "risk-parity",
            Contributions = [new RiskShare("C@ORCL:1d", 0.5, 0.34), new RiskShare("A@NVDA:1d", 0.2, 0.33),
                new RiskShare("B@NVDA:1d", 0.3, 0.33)],
        },
    };

    public static IReadOnlyList<ResultSection> Sections { get; } =
    [
        new ValidationFigures
        {
            Conclusions = ["Two of the five checks did not pass."],
            Period = "weeks",
            Trials = 1000,
            NewTrials = 900,
            DeflatedSharpe = 0.43,
            ProbabilityOfOverfitting = 0.27,
            MinimumTrackRecord = 1284.2,
            RealityCheck = 0.081,
            Logits = [0, 1, 5, 9, 4, 2],
        },
        new ValidationChecks(new Dictionary<string, ValidationCheck>
        {
            [ValidationChecks.Causality] = new(ValidationState.Passed, "16 strategies did the same", []),
            [ValidationChecks.DeflatedSharpe] = new(ValidationState.Failed, "0.43 after 1,000 trials", [("value", 0.43)]),
        }),
        SyntheticResampling.Results,
        ResultSection.Read<RegimeResults>("{\"markets\":1,\"charts\":[{\"symbol\":\"ACME\",\"timeframe\":\"1d\","
            + "\"time\":[638000000000000000,638000864000000000,638001728000000000],\"close\":[10,11,10.5],"
            + "\"machines\":[{\"name\":\"short\",\"names\":[\"bearish\",\"bullish\"],\"states\":[-1,1,0],"
            + "\"statistics\":[{\"state\":\"bearish\",\"share\":0.5,\"spells\":1,\"meanSpell\":1,\"nextReturn\":null,"
            + "\"nextDeviation\":null,\"to\":[null,null]},{\"state\":\"bullish\",\"share\":0.5,\"spells\":1,\"meanSpell\":1,"
            + "\"nextReturn\":-0.045,\"nextDeviation\":0.01,\"to\":[1,0]}]}],\"agreement\":[{\"first\":\"short\","
            + "\"second\":\"hidden\",\"adjustedRand\":0.31}]}]}"),
        ResultSection.Read<WalkForwardResults>("{\"mode\":\"rolling\",\"objective\":\"sharpe\",\"inSampleDays\":365.25,"
            + "\"outOfSampleDays\":91.3,\"windows\":2,\"efficiencyRatio\":0.4,\"groups\":[{\"group\":\"SmaCross@ACME:1d\","
            + "\"combinations\":9,\"outOfSampleReturn\":0.02,\"stability\":0.5,\"choices\":[{\"from\":\"2021-01-01T00:00:00Z\","
            + "\"chosenAt\":\"2022-01-01T00:00:00Z\",\"to\":\"2022-04-01T00:00:00Z\",\"strategy\":\"SmaCross(fast=5,slow="
            + "20)@ACME:1d\",\"params\":{\"fast\":5,\"slow\":20},\"objective\":1.2,\"inSampleReturn\":0.1,"
            + "\"outOfSampleReturn\":0.02,\"trades\":4},{\"from\":\"2021-04-01T00:00:00Z\",\"chosenAt\":\"2022-04-01T00:00:00Z\","
            + "\"to\":\"2022-07-01T00:00:00Z\",\"strategy\":null,\"objective\":null,\"inSampleReturn\":null,"
            + "\"outOfSampleReturn\":0,\"trades\":0}]}]}"),
        new WeightResults
        {
            Rule = "matching-pursuit",
            EveryDays = 91,
            WindowDays = 364,
            Choices = 2,
            History = [new WeightStepRow(new DateTime(2012, 12, 24).Ticks, 2, 2, 1, 0.75, [new("A@NVDA:1d", 0.75), new("B@NVDA:1d", 0.25)]),
                new WeightStepRow(new DateTime(2013, 3, 25).Ticks, 2, 1, 1, 0.6, [new("A@NVDA:1d", 0.6), new("C@ORCL:1d", 0.4)])],
        },
        Allocations,
        ResultSection.Read<LearningReport>("{\"units\":[{\"section\":\"\",\"name\":\"gate-SYN_1d\",\"version\":\"gate-SYN_1d:2\","
            + "\"data\":\"SYN:1d\",\"trainer\":\"gradient-boosting\",\"label\":\"direction(5)\",\"rule\":\"gate\",\"samples\":900,"
            + "\"inSample\":{\"auc\":0.81,\"samples\":900},\"outOfSample\":{\"auc\":0.543,\"samples\":540},\"trainTestGap\":0.27,"
            + "\"windows\":[{\"trainFrom\":\"2010-01-04T00:00:00Z\",\"trainTo\":\"2012-01-03T00:00:00Z\","
            + "\"testFrom\":\"2012-01-03T00:00:00Z\",\"testTo\":\"2013-01-02T00:00:00Z\",\"trainSamples\":360,\"testSamples\":250,"
            + "\"inSample\":{\"auc\":0.83},\"outOfSample\":{\"auc\":0.551},\"reused\":false},"
            + "{\"trainFrom\":\"2010-01-04T00:00:00Z\",\"trainTo\":\"2013-01-02T00:00:00Z\",\"testFrom\":\"2013-01-02T00:00:00Z\","
            + "\"testTo\":\"2014-01-02T00:00:00Z\",\"trainSamples\":610,\"testSamples\":250,\"inSample\":{\"auc\":0.79},"
            + "\"outOfSample\":{},\"reused\":true}],\"calibration\":[{\"from\":0.4,\"to\":0.5,\"count\":200,\"predicted\":0.46,"
            + "\"observed\":0.48},{\"from\":0.5,\"to\":0.6,\"count\":340,\"predicted\":0.54,\"observed\":0.53}],"
            + "\"importance\":[{\"feature\":\"rsi(14)\",\"permutation\":0.0123,\"gain\":0.4},{\"feature\":\"sma(20)/close\","
            + "\"permutation\":-0.001,\"gain\":0.6}],\"strategies\":[{\"strategy\":\"SmaCross(fast=5,slow=40)@SYN:1d\","
            + "\"trades\":40,\"taken\":22,\"winRateWithout\":0.4,\"winRateWith\":0.5,\"returnWithout\":0.12,\"returnWith\":0.2}],"
            + "\"equity\":[{\"time\":\"2012-02-01T00:00:00Z\",\"with\":0.01,\"without\":0.02},{\"time\":\"2013-05-01T00:00:00Z\","
            + "\"with\":0.2,\"without\":0.12}]},{\"section\":\"\",\"name\":\"gate-FLAT_1d\",\"data\":\"FLAT:1d\","
            + "\"trainer\":\"gradient-boosting\",\"label\":\"trade\",\"rule\":\"gate\",\"samples\":0,\"error\":\"it has closed no "
            + "trade\",\"inSample\":{},\"outOfSample\":{},\"windows\":[],\"calibration\":[],\"importance\":[],\"strategies\":[],"
            + "\"equity\":[]}],\"problems\":[\"FLAT:1d: it has closed no trade; the strategy goes on without a "
            + "model.\"],\"equity\":[{\"time\":\"2012-02-01T00:00:00Z\",\"with\":0.01,\"without\":0.02},"
            + "{\"time\":\"2013-05-01T00:00:00Z\",\"with\":0.2,\"without\":0.12}]}"),
    ];
}
