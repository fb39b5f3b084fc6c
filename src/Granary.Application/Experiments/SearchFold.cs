namespace Granary.Application.Experiments;

/// <summary>What a fit learns from, and what it predicts.</summary>
/// <param name="Train">Rows of the unit's table, rising.</param>
/// <param name="Test">Rows, rising.</param>
/// <param name="Signals">Numbers of the unit's signals that fall into the test.</param>
internal sealed record SearchFold(int[] Train, int[] Test, int[] Signals);
