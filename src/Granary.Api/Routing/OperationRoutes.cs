using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Granary.Api.Routing;

/// <summary>
/// Maps operations. The framework's own methods compile at each start of a server the code that reads parameters and writes answers, twice
/// for every operation; here the first request of an operation compiles it. What the OpenAPI document needs is found out at the start.
/// </summary>
internal static class OperationRoutes
{
    public static RouteHandlerBuilder OnGet(this IEndpointRouteBuilder routes, [StringSyntax("Route")] string pattern, Delegate handler) =>
        routes.On(pattern, [HttpMethods.Get], handler);

    public static RouteHandlerBuilder OnPost(this IEndpointRouteBuilder routes, [StringSyntax("Route")] string pattern, Delegate handler) =>
        routes.On(pattern, [HttpMethods.Post], handler);

    public static RouteHandlerBuilder OnPut(this IEndpointRouteBuilder routes, [StringSyntax("Route")] string pattern, Delegate handler) =>
        routes.On(pattern, [HttpMethods.Put], handler);

    public static RouteHandlerBuilder OnPatch(this IEndpointRouteBuilder routes, [StringSyntax("Route")] string pattern,
        Delegate handler) => routes.On(pattern, [HttpMethods.Patch], handler);

    public static RouteHandlerBuilder OnDelete(this IEndpointRouteBuilder routes, [StringSyntax("Route")] string pattern,
        Delegate handler) => routes.On(pattern, [HttpMethods.Delete], handler);

    /// <param name="methods">Of HTTP.</param>
    /// <param name="handler">As the framework's MapMethods takes it; parameters may have an <see cref="AllowedRangeAttribute"/>.</param>
    /// <exception cref="InvalidOperationException">
    /// When the routes are built, by the call that a server makes to itself: a parameter can be read from nowhere, or two from the body.
    /// </exception>
    public static RouteHandlerBuilder On(this IEndpointRouteBuilder routes, [StringSyntax("Route")] string pattern, string[] methods,
        Delegate handler)
    {
        RequestDelegate none = static _ => throw new InvalidOperationException("the operation has no handler yet");
        var route = routes.MapMethods(pattern, methods, none);
        route.Add(endpoint => Complete((RouteEndpointBuilder)endpoint, methods, handler));
        return new RouteHandlerBuilder([route]);
    }

    private static void Complete(RouteEndpointBuilder endpoint, string[] methods, Delegate handler)
    {
        endpoint.Metadata.Add(handler.Method);
        RequestDelegateFactory.InferMetadata(handler.Method, OptionsOf(endpoint, methods));
        foreach (var attribute in handler.Method.GetCustomAttributes()) endpoint.Metadata.Add(attribute);
        var (pattern, services) = (endpoint.RoutePattern, endpoint.ApplicationServices);
        var compiled = new Lazy<RequestDelegate>(() =>
        {
            var inner = new RouteEndpointBuilder(null, pattern, 0) { ApplicationServices = services };
            if (RangeFilter.Applies(handler.Method)) inner.FilterFactories.Add(RangeFilter.Of);
            return RequestDelegateFactory.Create(handler, OptionsOf(inner, methods)).RequestDelegate;
        });
        endpoint.RequestDelegate = context => compiled.Value(context);
    }

    private static RequestDelegateFactoryOptions OptionsOf(RouteEndpointBuilder endpoint, string[] methods) => new()
    {
        EndpointBuilder = endpoint,
        ServiceProvider = endpoint.ApplicationServices,
        RouteParameterNames = [.. endpoint.RoutePattern.Parameters.Select(p => p.Name)],
        ThrowOnBadRequest = endpoint.ApplicationServices.GetRequiredService<IOptions<RouteHandlerOptions>>().Value.ThrowOnBadRequest,
        DisableInferBodyFromParameters = methods.Any(m => HttpMethods.IsGet(m) || HttpMethods.IsHead(m) || HttpMethods.IsDelete(m)),
    };
}
