namespace Granary.Engine.Market.Chains;

/// <summary>A contract of a chain.</summary>
/// <param name="Name">As the source of its bars lists it.</param>
/// <param name="Delivery">The day of its expiry, or the last day of the month in its name. Contracts follow one another by it.</param>
/// <param name="Expiry">The last day on which it is traded; null if it is not known.</param>
/// <param name="FirstNotice">The first day on which its holder may have to take delivery; null if it is not known.</param>
internal sealed record ChainContract(string Name, DateOnly Delivery, DateOnly? Expiry = null, DateOnly? FirstNotice = null);
