using Granary.Engine;

namespace Granary.Server.Access;

/// <summary>The limits of a caller's research.</summary>
/// <param name="Trials">The number of different combinations that the caller may try; null = any number.</param>
/// <param name="Holdout">Bars that close after this time are invisible to the caller, UTC; null = all bars are visible.</param>
internal sealed record TrialLimits(int? Trials, DateTimeOffset? Holdout)
{
    /// <summary>The largest budget.</summary>
    public const int MostTrials = 10_000_000;

    /// <exception cref="InputException">A limit is out of range, or does not fit the role or the right <c>code</c>.</exception>
    public void Check(Role role, bool code)
    {
        if (Trials is null && Holdout is null)
            throw new InputException("the limits are empty; give a number of trials, a holdout or both");
        if (Trials is < 0 or > MostTrials)
            throw new InputException(FormattableString.Invariant($"--trials {Trials}: use 0 to {MostTrials}"));
        if (role == Role.Admin)
            throw new InputException("a key with limits cannot be an admin, who could change them; use --role submitter or viewer");
        if (code)
            throw new InputException("a key with limits cannot run code of its own, which could read all files of the server; leave out "
                + "--code");
    }
}
