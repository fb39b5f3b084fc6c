namespace Granary.Learning.Tables;

/// <summary>What a model is shown.</summary>
public enum ModelInputKind
{
    /// <summary>The features of the last rows, row-major, oldest row first.</summary>
    Features,

    /// <summary>The last labels that are known by now, oldest first; NaN where there were fewer.</summary>
    PastLabels,
}

/// <param name="Length">Rows for <see cref="ModelInputKind.Features"/>, labels for <see cref="ModelInputKind.PastLabels"/>.</param>
public readonly record struct ModelInput(ModelInputKind Kind, int Length)
{
    /// <summary>The features of one row.</summary>
    public static ModelInput Row => new(ModelInputKind.Features, 1);
}
