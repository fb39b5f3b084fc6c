using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Simulation.Notes;

/// <summary>Says where trading costs nothing: such figures are before costs, which a reader must know before them.</summary>
public static class CostNotes
{
    public static IEnumerable<RunNote> Of(ExecutionSettings settings)
    {
        if (settings.IsFree)
            yield return new RunNote(NoteCode.NoCosts,
                "Costs are zero: the batch sets no commission and no slippage, so every figure is before costs. "
                + "Set execution.commissionPercent and execution.slippagePercent.");
    }
}
