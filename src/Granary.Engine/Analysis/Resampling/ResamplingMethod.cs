namespace Granary.Engine.Analysis.Resampling;

/// <summary>Methods that make other paths of an account from its record.</summary>
internal enum ResamplingMethod
{
    /// <summary>Another record of the same law: a stationary bootstrap with the uncertainty of its mean and deviation.</summary>
    Bootstrap,

    /// <summary>The same returns in a random order: the path changes, the end does not.</summary>
    Order,

    /// <summary>The same returns, of which a share is left out at random, as entries that were not filled.</summary>
    Skipped,
}
