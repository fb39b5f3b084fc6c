namespace Granary.Learning.Tables;

/// <summary>Kind of a model's input.</summary>
public enum ModelInputKind
{
    /// <summary>The features of the last rows, row-major, oldest row first.</summary>
    Features,

    /// <summary>The last known labels, oldest first; NaN if there are fewer.</summary>
    PastLabels,

    /// <summary>When the features of the row were known, in days since 1970-01-01 UTC.</summary>
    Time,
}

/// <param name="Length">Rows for <see cref="ModelInputKind.Features"/>, labels for <see cref="ModelInputKind.PastLabels"/>, 1 for
/// <see cref="ModelInputKind.Time"/>.</param>
public readonly record struct ModelInput(ModelInputKind Kind, int Length)
{
    /// <summary>The features of one row.</summary>
    public static ModelInput Row => new(ModelInputKind.Features, 1);
}
