namespace Granary.Application.Live;

/// <summary>How the client order ids of an account are made, and whose the earlier ones are.</summary>
/// <param name="Tag">Begins the ids of orders since the last switch.</param>
/// <param name="Handed">Trades of before it.</param>
internal sealed record OrderNames(string Tag, HandedTrades Handed);
