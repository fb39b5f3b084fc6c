using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Simulation.Notes;

/// <summary>Notes that trading has no costs, so the results are before costs.</summary>
internal static class CostNotes
{
    public static IEnumerable<RunNote> Of(ExecutionSettings settings)
    {
        if (settings.IsFree && settings.HasRebates)
            yield return new RunNote(NoteCode.NoCosts,
                "No cost is above zero: the batch sets a rebate for makers, and no commission of takers and no slippage, so every figure "
                + "has gains from trading and no costs. Set execution.commissionPercent and execution.slippagePercent.");
        else if (settings.IsFree)
            yield return new RunNote(NoteCode.NoCosts,
                "Costs are zero: the batch sets no commission and no slippage, so every figure is before costs. "
                + "Set execution.commissionPercent and execution.slippagePercent.");
    }
}
