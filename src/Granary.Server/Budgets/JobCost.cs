namespace Granary.Server.Budgets;

/// <summary>The cost of a job for its caller.</summary>
/// <param name="Name">The name of the job.</param>
/// <param name="Work">Bars times strategies, estimated.</param>
/// <param name="Combinations">Different combinations that it tries; null if they cannot be counted before it runs.</param>
/// <param name="New">How many of them the account of the caller does not have; null for a caller without limits.</param>
internal sealed record JobCost(string Name, double Work, int? Combinations, int? New);
