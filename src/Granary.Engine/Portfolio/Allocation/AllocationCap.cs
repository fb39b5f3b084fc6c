namespace Granary.Engine.Portfolio.Allocation;

/// <summary>Bounds the sum of the weights of several assets, such as the strategies of a symbol or of a group of symbols.</summary>
/// <param name="Members">Places of the assets, ascending.</param>
/// <param name="Maximum">The greatest sum of their weights.</param>
internal sealed record AllocationCap(IReadOnlyList<int> Members, double Maximum);
