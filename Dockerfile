# The dashboard without local mode: it operates what config/dashboard.json names (DASHBOARD_MODE=fly).
# Until there is a sign-in it listens on loopback only, so run it with the host's network:
#   docker build -t dashboard . && docker run --network host -e MONGODB_URI -e STAGING_MONGODB_URI -e PRODUCTION_MONGODB_URI -v backups:/backups dashboard
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN dotnet publish src/Dashboard --configuration Release --output /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
COPY config config
COPY scripts scripts
COPY samples/DndTracker/migrations samples/DndTracker/migrations
RUN mkdir /backups && chown app /backups
USER app
ENV DASHBOARD_MODE=fly BACKUP_DIR=/backups
ENTRYPOINT ["dotnet", "Dashboard.dll"]
