using Granary.Reporting.Runs;
using Granary.Reporting.Tables;
using Granary.Simulation.Batches;
using Granary.Simulation.Risk;

namespace Granary.Modelling.Learning;

/// <summary>The table risk: the predictions of the risk models for each entry, and the resulting cap.</summary>
internal static class RiskTable
{
    /// <summary>Name of the table.</summary>
    public const string Name = "risk";

    public static readonly TableDefinition<(string Strategy, RiskAnswer Answer)> Definition =
        new TableDefinition<(string Strategy, RiskAnswer Answer)>()
            .Word("strategy", r => r.Strategy).Word("symbol", r => r.Answer.Symbol).Whole("number", r => r.Answer.Number)
            .Time("known", r => r.Answer.Known).Word("side", r => RunText.Of(r.Answer.Side))
            .Number("prediction", r => r.Answer.Prediction).Number("cap", r => r.Answer.Cap.Fraction)
            .Word("cap_of", r => r.Answer.Cap.OfSymbol ? "symbol" : "portfolio").Number("drawdown", r => r.Answer.State.Drawdown)
            .Number("exposure", r => r.Answer.State.Exposure).Whole("positions", r => r.Answer.State.Positions)
            .Number("win_rate", r => r.Answer.State.WinRate);

    public static Table Of(BatchPlan plan, IEnumerable<RiskAnswer> answers) =>
        Definition.Of(answers.Select(a => (plan.Instances[a.Strategy].Id, a)));
}
