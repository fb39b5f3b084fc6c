using System.Net;

namespace Granary.Client;

/// <summary>The server refused a request; the message is the problem's sentence.</summary>
public sealed class ApiException : Exception
{
    public ApiException(HttpStatusCode status, string? type, string? title, string detail, TimeSpan? retryAfter) : base(detail) =>
        (Status, Type, Title, RetryAfter) = (status, type, title, retryAfter);

    public HttpStatusCode Status { get; }

    /// <summary>The stable address of the problem's page, such as /errors/changed; null if the answer was not a problem document.</summary>
    public string? Type { get; }

    public string? Title { get; }

    /// <summary>The fault, its place and its remedy, in one sentence.</summary>
    public string Detail => Message;

    /// <summary>How long to wait before a retry; null if the server gives no time.</summary>
    public TimeSpan? RetryAfter { get; }
}
