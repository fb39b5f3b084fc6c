using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Tests.Synthetic;

/// <summary>The sections of a synthetic run: checks, regimes, a walk-forward, weights over time and models.</summary>
internal static class SyntheticResults
{
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
