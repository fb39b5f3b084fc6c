namespace Granary.Exchanges.Tests.Server;

/// <summary>A request to the local exchange.</summary>
/// <param name="Query">Without the question mark.</param>
/// <param name="Headers">By name, in any case.</param>
internal sealed record ApiCall(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, string Body)
{
    private readonly Dictionary<string, string> _query = Values(Query);

    public string this[string name] => _query.GetValueOrDefault(name, "");
    public string Header(string name) => Headers.GetValueOrDefault(name, "");
    /// <summary>As it is signed.</summary>
    public string PathAndQuery => Query.Length > 0 ? $"{Path}?{Query}" : Path;

    /// <summary>The values of a query.</summary>
    public static Dictionary<string, string> Values(string query)
    {
        var values = System.Web.HttpUtility.ParseQueryString(query);
        return values.AllKeys.OfType<string>().ToDictionary(k => k, k => values[k]!);
    }
}

/// <summary>An answer of the local exchange.</summary>
internal sealed record ApiReply(int Status, string Body)
{
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];
}
