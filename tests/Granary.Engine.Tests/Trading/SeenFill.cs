namespace Granary.Engine.Tests.Trading;

/// <summary>One fill: the trade's number, whether it is the entry, its price and its quantity.</summary>
internal readonly record struct SeenFill(int Trade, bool IsEntry, long Time, double Price, double Quantity);
