using System.Globalization;
using System.Net.Http.Json;
using System.Text;

namespace Granary.Client.Connections;

/// <summary>A request of an operation. Parameters that are null are left out.</summary>
/// <param name="path">Relative to the server's address.</param>
internal sealed class ApiRequest(HttpMethod method, string path)
{
    private readonly StringBuilder _path = new(path);
    private readonly List<(string Name, string Value)> _headers = [];
    private HttpContent? _body;
    private bool _hasQuery;

    /// <summary>A value as a segment of a path.</summary>
    public static string Segment(object value) => Uri.EscapeDataString(Text(value));

    public ApiRequest Query(string name, object? value)
    {
        if (value is null) return this;
        _path.Append(_hasQuery ? '&' : '?').Append(name).Append('=').Append(Uri.EscapeDataString(Text(value)));
        _hasQuery = true;
        return this;
    }

    public ApiRequest Header(string name, string? value)
    {
        if (value is not null) _headers.Add((name, value));
        return this;
    }

    public ApiRequest Json<T>(T body) => Body(JsonContent.Create(body, options: ApiJson.Options));

    public ApiRequest Body(HttpContent body)
    {
        _body = body;
        return this;
    }

    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(method, new Uri(_path.ToString(), UriKind.Relative)) { Content = _body };
        foreach (var (name, value) in _headers) message.Headers.TryAddWithoutValidation(name, value);
        return message;
    }

    private static string Text(object value) => value switch
    {
        DateTimeOffset time => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
