namespace Granary.Api.Tests.Compatibility;

/// <summary>A difference between two OpenAPI documents.</summary>
/// <param name="Place">The operation, and where in it.</param>
/// <param name="What">What is different.</param>
/// <param name="IsBreaking">Whether a client of the older document can fail at it.</param>
internal sealed record ApiChange(string Place, string What, bool IsBreaking)
{
    public override string ToString() => $"{Place}: {What}";
}
