using Granary.Learning.Trainers;
using Granary.Simulation.Catalogues;

namespace Granary.Simulation.Batches;

/// <summary>Properties of the batch that its learning sections need.</summary>
/// <param name="CostPercent">Commission and slippage of one side, in percent.</param>
internal sealed record LearningContext(string Batch, double CostPercent, bool LoadsLibraries,
    GranaryCatalogues Catalogues)
{
    public TrainerCatalogue Trainers => Catalogues.Trainers;

    public bool Knows(string trainer) => LoadsLibraries || !Trainers.IsOfMissingLibrary(trainer);
}
